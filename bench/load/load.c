// Puts load on a server and prints one line of JSON. See docs/performance.md for what the modes measure.
#define _GNU_SOURCE
#include "client.h"
#include "modes.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct options options = { .connections = 1, .depth = 1, .size = 16, .seconds = 3, .warmup = 1, .settle = 5, .rate = 1000, .every = 0.5, .blockers = 1, .block = 30 };
struct script script;

static const char *value_of(int count, char **arguments, int *index)
{
    if (*index + 1 >= count) {
        fprintf(stderr, "load: %s needs a value\n", arguments[*index]);
        exit(2);
    }
    return arguments[++*index];
}

static void read_options(int count, char **arguments)
{
    options.mode = count > 1 ? arguments[1] : "";
    for (int i = 2; i < count; i++) {
        const char *name = arguments[i];
        if (!strcmp(name, "--raw")) options.raw = 1;
        else if (!strcmp(name, "--tls")) options.tls = 1;
        else if (!strcmp(name, "--deflate")) options.deflate = 1;
        else if (!strcmp(name, "--takeover")) options.takeover = 1;
        else if (!strcmp(name, "--both-take-over")) options.takeover = 2;
        else if (!strcmp(name, "--noise")) options.noise = 1;
        else if (!strcmp(name, "--again")) options.again = 1;
        else if (!strcmp(name, "--loops")) options.loops = 1;
        else if (!strcmp(name, "--window")) options.window = atoi(value_of(count, arguments, &i));
        else if (!strcmp(name, "--blockers")) options.blockers = atoi(value_of(count, arguments, &i));
        else if (!strcmp(name, "--block")) options.block = atoi(value_of(count, arguments, &i));
        else if (!strcmp(name, "--rate")) options.rate = atof(value_of(count, arguments, &i));
        else if (!strcmp(name, "--every")) options.every = atof(value_of(count, arguments, &i));
        else if (!strcmp(name, "--port")) options.port = atoi(value_of(count, arguments, &i));
        else if (!strcmp(name, "--pid")) options.pid = atoi(value_of(count, arguments, &i));
        else if (!strcmp(name, "--size")) options.size = (size_t)atol(value_of(count, arguments, &i));
        else if (!strcmp(name, "--connections")) options.connections = atoi(value_of(count, arguments, &i));
        else if (!strcmp(name, "--depth")) options.depth = atoi(value_of(count, arguments, &i));
        else if (!strcmp(name, "--seconds")) options.seconds = atof(value_of(count, arguments, &i));
        else if (!strcmp(name, "--warmup")) options.warmup = atof(value_of(count, arguments, &i));
        else if (!strcmp(name, "--settle")) options.settle = atof(value_of(count, arguments, &i));
        else {
            fprintf(stderr, "load: no option %s\n", name);
            exit(2);
        }
    }
    if (options.port < 1 || options.pid < 1 || options.size < 1 || options.connections < 1 || options.depth < 1) {
        fprintf(stderr, "load: --port and --pid are needed; numbers must be positive\n");
        exit(2);
    }
}

int main(int count, char **arguments)
{
    read_options(count, arguments);
    if (options.deflate)
        make_deflate_script();
    else
        make_script((size_t)options.depth);
    if (options.tls)
        start_tls();
    if (!strcmp(options.mode, "echo")) run_echo();
    else if (!strcmp(options.mode, "broadcast")) run_broadcast();
    else if (!strcmp(options.mode, "idle")) run_idle();
    else if (!strcmp(options.mode, "handshake")) run_handshake();
    else if (!strcmp(options.mode, "neighbours")) run_neighbours();
    else {
        fprintf(stderr, "usage: load echo|broadcast|idle|handshake|neighbours --port N --pid N [--size N] [--connections N] [--depth N] "
                        "[--seconds S] [--warmup S] [--settle S] [--raw] [--tls] [--loops] "
                        "[--deflate [--takeover|--both-take-over] [--window BITS] [--noise]] "
                        "[--rate N] [--blockers N] [--block MS] [--every S] [--again]\n");
        return 2;
    }
    return 0;
}
