// How a server's event loops share connections and work: the descriptors that each epoll watches, and the processor time of the threads
// that wait on it. A loop may pass from thread to thread, and a thread keeps the name of the loop that it began with, so names do not tell
// who serves which. What tells is the epoll in whose epoll_wait a thread is seen (/proc/PID/task/TID/syscall), looked at many times a
// second: its time since it was last seen belongs to that loop.
#define _GNU_SOURCE
#include "client.h"
#include "modes.h"
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define THREAD_NAME "Sockeye loop"
enum { MOST = 64, LOOK_NS = 2000000, LOOKS_PER_COUNT = 50, NOWHERE = -1 };

// By epoll of the server: what it watched before there were connections, and since the start of the window the connections it watched
// in all counts together, the time of its threads and the last of these. Only those that a loop's thread has waited on are loops.
static struct { int descriptor, is_loop, thread; long own; double connections, cpu_ns; } polls[MOST];

// `loop` is where a thread was last seen. Of the time since then, `before` is what it took until it waited for something else: that was
// the end of its service if it is seen on another loop next.
static struct { int id, time, call, loop; double seen_ns, since_ns, before_ns; } threads[MOST];

static int poll_count, thread_count, counts, passed;
static double unknown_ns;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static int open_proc(const char *format, int number)
{
    char path[96], rest[64];
    snprintf(rest, sizeof rest, format, number);
    snprintf(path, sizeof path, "/proc/%d/%s", options.pid, rest);
    return open(path, O_RDONLY | O_CLOEXEC);
}

static long watched(int descriptor)
{
    char line[256];
    long count = 0;
    int fd = open_proc("fdinfo/%d", descriptor);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
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

static void each_number(const char *folder_name, void (*action)(int))
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", options.pid, folder_name);
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        if (entry->d_name[0] != '.')
            action(atoi(entry->d_name));
    if (folder)
        closedir(folder);
}

static void note_poll(int descriptor)
{
    if (poll_count == MOST || !is_epoll(descriptor))
        return;
    polls[poll_count].descriptor = descriptor;
    polls[poll_count++].own = watched(descriptor);
}

static int read_once(int fd, char *text, int size)
{
    ssize_t count = pread(fd, text, (size_t)size - 1, 0);
    text[count > 0 ? count : 0] = 0;
    return count > 0;
}

static void note_thread(int id)
{
    char name[64] = "";
    for (int i = 0; i < thread_count; i++)
        if (threads[i].id == id)
            return;
    int fd = open_proc("task/%d/comm", id);
    int is_loops = thread_count < MOST && fd >= 0 && read_once(fd, name, sizeof name) && !strncmp(name, THREAD_NAME, strlen(THREAD_NAME));
    if (fd >= 0)
        close(fd);
    if (!is_loops)
        return;
    threads[thread_count].id = id;
    threads[thread_count].time = open_proc("task/%d/schedstat", id);
    threads[thread_count].call = open_proc("task/%d/syscall", id);
    threads[thread_count++].loop = NOWHERE;
}

static int poll_of(int descriptor)
{
    for (int i = 0; i < poll_count; i++)
        if (polls[i].descriptor == descriptor)
            return i;
    return NOWHERE;
}

static double *time_of(int loop)
{
    return loop == NOWHERE ? &unknown_ns : &polls[loop].cpu_ns;
}

static void look_at(int i)
{
    char text[256];
    double now;
    long call;
    int descriptor, loop;
    if (!read_once(threads[i].time, text, sizeof text) || sscanf(text, "%lf", &now) != 1)
        return;
    threads[i].since_ns += now - threads[i].seen_ns;
    threads[i].seen_ns = now;
    // "running", or the number of the call that it waits in and the call's arguments.
    if (!read_once(threads[i].call, text, sizeof text) || sscanf(text, "%ld %i", &call, &descriptor) != 2)
        return;
    int waits = call == SYS_epoll_pwait;
#ifdef SYS_epoll_wait
    waits |= call == SYS_epoll_wait;
#endif
    loop = waits ? poll_of(descriptor) : NOWHERE;
    if (loop == NOWHERE) {
        threads[i].before_ns += threads[i].since_ns;
    } else {
        passed += polls[loop].is_loop && polls[loop].thread != i;
        *time_of(threads[i].loop == NOWHERE ? loop : threads[i].loop) += threads[i].before_ns;
        *time_of(loop) += threads[i].since_ns;
        threads[i].before_ns = 0;
        threads[i].loop = loop;
        polls[loop].is_loop = 1;
        polls[loop].thread = i;
    }
    threads[i].since_ns = 0;
}

static void look(void)
{
    for (int i = 0; i < thread_count; i++)
        look_at(i);
}

static void count_connections(void)
{
    each_number("task", note_thread);
    for (int i = 0; i < poll_count; i++)
        if (polls[i].is_loop)
            polls[i].connections += (double)(watched(polls[i].descriptor) - polls[i].own);
    counts++;
}

static void *keep_looking(void *unused)
{
    (void)unused;
    struct timespec pause = { .tv_nsec = LOOK_NS };
    for (int number = 1;; number++) {
        pthread_mutex_lock(&gate);
        look();
        if (number % LOOKS_PER_COUNT == 0)
            count_connections();
        pthread_mutex_unlock(&gate);
        nanosleep(&pause, NULL);
    }
    return NULL;
}

void loops_before_connections(void)
{
    pthread_t looker;
    if (!options.loops)
        return;
    each_number("fd", note_poll);
    each_number("task", note_thread);
    look();
    if (pthread_create(&looker, NULL, keep_looking, NULL) != 0)
        fail("no thread to look at the loops");
}

void loops_start(void)
{
    if (!options.loops)
        return;
    pthread_mutex_lock(&gate);
    look();
    for (int i = 0; i < thread_count; i++)
        threads[i].since_ns = threads[i].before_ns = 0;
    for (int i = 0; i < poll_count; i++)
        polls[i].connections = polls[i].cpu_ns = 0;
    unknown_ns = 0;
    counts = passed = 0;
    pthread_mutex_unlock(&gate);
}

void loops_print(void)
{
    if (!options.loops)
        return;
    pthread_mutex_lock(&gate);
    look();
    count_connections();
    for (int i = 0; i < thread_count; i++)
        *time_of(threads[i].loop) += threads[i].before_ns + threads[i].since_ns;
    const char *comma = "";
    printf(", \"loop_connections\": [");
    for (int i = 0; i < poll_count; i++)
        if (polls[i].is_loop)
            printf("%s%.1f", comma, polls[i].connections / counts), comma = ", ";
    printf("], \"loop_cpu_us\": [");
    comma = "";
    for (int i = 0; i < poll_count; i++)
        if (polls[i].is_loop)
            printf("%s%.0f", comma, polls[i].cpu_ns / 1e3), comma = ", ";
    printf("], \"loop_unknown_us\": %.0f, \"loops_passed\": %d", unknown_ns / 1e3, passed);
}
