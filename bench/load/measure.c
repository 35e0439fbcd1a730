#define _GNU_SOURCE
#include "client.h"
#include "modes.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Buckets of at most 1/32 of their value, up to 2^40 ns.
enum { FINE = 32, POWERS = 40 };
static uint64_t buckets[POWERS * FINE], measured, longest;
static uint64_t started_at;
static double user_at_start, system_at_start;

static void server_cpu(double *user, double *system)
{
    char path[64], text[2048];
    unsigned long user_ticks, system_ticks;
    snprintf(path, sizeof path, "/proc/%d/stat", options.pid);
    FILE *file = fopen(path, "r");
    if (!file || !fgets(text, sizeof text, file))
        fail("the server has ended");
    fclose(file);
    // Fields 14 and 15 of the line; the name, in parentheses, may hold spaces.
    if (sscanf(strrchr(text, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user_ticks, &system_ticks) != 2)
        fail("/proc/PID/stat is not as expected");
    double microseconds = 1e6 / (double)sysconf(_SC_CLK_TCK);
    *user = (double)user_ticks * microseconds;
    *system = (double)system_ticks * microseconds;
}

long server_kib(const char *field)
{
    char path[64], line[256];
    long value = 0;
    snprintf(path, sizeof path, "/proc/%d/status", options.pid);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (!strncmp(line, field, strlen(field)))
            value = atol(line + strlen(field) + 1);
    if (file)
        fclose(file);
    return value;
}

void measure_start(void)
{
    memset(buckets, 0, sizeof buckets);
    measured = longest = 0;
    loops_start();
    server_cpu(&user_at_start, &system_at_start);
    started_at = now_ns();
}

void measure_latency(uint64_t nanoseconds)
{
    int power = 63 - __builtin_clzll(nanoseconds | FINE);
    size_t bucket = (size_t)(power - 5) * FINE + (nanoseconds >> (power - 5)) - FINE;
    buckets[bucket < POWERS * FINE ? bucket : POWERS * FINE - 1]++;
    measured++;
    longest = nanoseconds > longest ? nanoseconds : longest;
}

static double percentile(double part)
{
    uint64_t rank = (uint64_t)(part * (double)measured), seen = 0;
    for (size_t i = 0; i < POWERS * FINE; i++) {
        seen += buckets[i];
        if (seen > rank)
            return (double)((i % FINE + FINE) << (i / FINE)) / 1e3;
    }
    return (double)longest / 1e3;
}

void measure_print(uint64_t messages)
{
    double user, system, seconds = (double)(now_ns() - started_at) / 1e9;
    server_cpu(&user, &system);
    printf("{\"messages\": %llu, \"seconds\": %.4f, \"user_us\": %.0f, \"system_us\": %.0f, \"p50_us\": %.1f, \"p99_us\": %.1f, "
           "\"max_us\": %.1f, \"rss_kib\": %ld, \"peak_kib\": %ld, \"deflate_bytes\": %llu, \"tls\": \"%s\"",
        (unsigned long long)messages, seconds, user - user_at_start, system - system_at_start,
        percentile(0.5), percentile(0.99), (double)longest / 1e3, server_kib("VmRSS"), server_kib("VmHWM"), (unsigned long long)deflate_bytes, tls_negotiated());
    loops_print();
    printf("}\n");
}
