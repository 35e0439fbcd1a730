#define _GNU_SOURCE
#include "modes.h"
#include "client.h"
#include <errno.h>
#include <string.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { REPLY = 4096, EVENTS = 256 };

enum step { ASKING, AWAITING_REPLY, AWAITING_CLOSE };

struct place {
    struct client client;
    enum step step;
    size_t done;
    char reply[REPLY];
    uint64_t started_at;
};

static char request[512];
static size_t request_bytes;
static int epoll, next_source;

static void begin(struct place *place)
{
    memset(&place->client, 0, sizeof place->client);
    place->client.fd = begin_connect(next_source++);
    place->step = ASKING;
    place->done = 0;
    place->started_at = now_ns();
    if (options.tls)
        wrap_tls(&place->client);
    struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = place };
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, place->client.fd, &event) < 0)
        fail("epoll_ctl");
}

static void end(struct place *place)
{
    if (place->client.ssl)
        SSL_free(place->client.ssl);
    close(place->client.fd);
}

static void ask(struct place *place)
{
    while (place->done < request_bytes) {
        long count = write_some(&place->client, request + place->done, request_bytes - place->done);
        if (count < 0)
            fail("an upgrade could not be sent");
        if (count == 0)
            return;
        place->done += (size_t)count;
    }
    place->step = AWAITING_REPLY;
    place->done = 0;
}

static int has_reply(struct place *place)
{
    place->reply[place->done] = 0;
    return options.raw ? place->done == request_bytes : strstr(place->reply, "\r\n\r\n") != NULL;
}

// Returns 1 when the close has been answered, or in raw mode when the request has come back.
static int listen_to(struct place *place)
{
    for (;;) {
        long count = read_some(&place->client, place->reply + place->done, REPLY - 1 - place->done);
        if (count == 0)
            return 0;
        if (count < 0 && place->step == AWAITING_CLOSE)
            return 1;
        if (count < 0)
            fail("an upgrade was not answered");
        place->done += (size_t)count;
        if (place->step == AWAITING_CLOSE)
            return 1;
        if (!has_reply(place))
            continue;
        if (options.raw)
            return 1;
        if (!is_upgrade_reply(place->reply))
            fail("an upgrade was refused");
        note_tls(&place->client);
        // Close 1000, masked with zeroes.
        static const unsigned char close_frame[] = { 0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8 };
        if (write_some(&place->client, close_frame, sizeof close_frame) != sizeof close_frame)
            fail("a close could not be sent");
        place->step = AWAITING_CLOSE;
        place->done = 0;
    }
}

static uint64_t open_for(double seconds)
{
    struct epoll_event events[EVENTS];
    uint64_t opened = 0, now = now_ns(), stop = now + (uint64_t)(seconds * 1e9);
    while (now < stop) {
        int ready = epoll_wait(epoll, events, EVENTS, 100);
        for (int i = 0; i < ready; i++) {
            struct place *place = events[i].data.ptr;
            if (place->step == ASKING)
                ask(place);
            if (place->step == ASKING || !listen_to(place))
                continue;
            end(place);
            measure_latency(now_ns() - place->started_at);
            opened++;
            begin(place);
        }
        now = now_ns();
    }
    return opened;
}

void run_handshake(void)
{
    loops_before_connections();
    request_bytes = upgrade_request(request, sizeof request);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    struct place *places = calloc((size_t)options.connections, sizeof *places);
    for (int i = 0; i < options.connections; i++)
        begin(&places[i]);
    open_for(options.warmup);
    measure_start();
    uint64_t opened = open_for(options.seconds);
    if (opened == 0)
        fail("nothing was opened");
    measure_print(opened);
}
