// How a server's event loops share connections and work: the descriptors that each epoll watches, and the processor time of the
// threads that are named after a loop.
#define _GNU_SOURCE
#include "client.h"
#include "modes.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOOP_NAME "Sockeye loop %d"
enum { MOST = 64 };
// By descriptor of the server's epoll: what it watched before there were connections, and what more now.
static struct { int descriptor; long own, connections; } polls[MOST];
static int poll_count;
static double cpu_us[MOST];
static int loop_count;

static long watched_by(const char *path)
{
    char line[256];
    long count = 0;
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        count += !strncmp(line, "tfd:", 4);
    if (file)
        fclose(file);
    return count;
}

static int is_epoll(int descriptor)
{
    char path[64], target[64] = "";
    snprintf(path, sizeof path, "/proc/%d/fd/%d", options.pid, descriptor);
    return readlink(path, target, sizeof target - 1) > 0 && strstr(target, "[eventpoll]");
}

static long watched(int descriptor)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", options.pid, descriptor);
    return watched_by(path);
}

static DIR *list(const char *what)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", options.pid, what);
    return opendir(path);
}

void loops_before_connections(void)
{
    DIR *folder = list("fd");
    for (struct dirent *entry; folder && (entry = readdir(folder)) && poll_count < MOST;) {
        int descriptor = atoi(entry->d_name);
        if (entry->d_name[0] != '.' && is_epoll(descriptor)) {
            polls[poll_count].descriptor = descriptor;
            polls[poll_count++].own = watched(descriptor);
        }
    }
    if (folder)
        closedir(folder);
}

// Adds the processor time of each thread to its loop's: a loop may pass from one thread to another.
static void add_threads(double sign)
{
    DIR *folder = list("task");
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        char path[320], text[2048], *name, *end;
        int loop;
        snprintf(path, sizeof path, "/proc/%d/task/%s/stat", options.pid, entry->d_name);
        FILE *file = entry->d_name[0] == '.' ? NULL : fopen(path, "r");
        if (!file)
            continue;
        if (fgets(text, sizeof text, file) && (name = strchr(text, '(')) && (end = strrchr(text, ')'))
            && sscanf(name + 1, LOOP_NAME, &loop) == 1 && loop >= 0 && loop < MOST) {
            double user, system;
            cpu_of_stat(end + 2, &user, &system);
            cpu_us[loop] += sign * (user + system);
            loop_count = loop >= loop_count ? loop + 1 : loop_count;
        }
        fclose(file);
    }
    if (folder)
        closedir(folder);
}

void loops_start(void)
{
    memset(cpu_us, 0, sizeof cpu_us);
    add_threads(-1);
}

void loops_end(void)
{
    add_threads(1);
    for (int i = 0; i < poll_count; i++)
        polls[i].connections = watched(polls[i].descriptor) - polls[i].own;
}

void loops_print(void)
{
    if (loop_count == 0)
        return;
    const char *comma = "";
    printf(", \"loop_connections\": [");
    for (int i = 0; i < poll_count; i++, comma = ", ")
        printf("%s%ld", comma, polls[i].connections);
    printf("], \"loop_cpu_us\": [");
    comma = "";
    for (int i = 0; i < loop_count; i++, comma = ", ")
        printf("%s%.0f", comma, cpu_us[i]);
    printf("]");
}
