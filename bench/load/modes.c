#define _GNU_SOURCE
#include "modes.h"
#include "client.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { BUFFER = 512 * 1024, EVENTS = 512 };
static unsigned char buffer[BUFFER];
static struct client *clients;
static int epoll;

void open_clients(int from, int to)
{
    for (int i = from; i < to; i++) {
        open_client(&clients[i], i);
        struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = &clients[i] };
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, clients[i].fd, &event) < 0)
            fail("epoll_ctl");
    }
}

void prepare(int count)
{
    loops_before_connections();
    epoll = epoll_create1(EPOLL_CLOEXEC);
    clients = calloc((size_t)count, sizeof *clients);
}

struct client *client_at(int number)
{
    return &clients[number];
}

int wait_clients(uint64_t nanoseconds, struct client **ready, int most)
{
    struct epoll_event events[EVENTS];
    struct timespec timeout = { .tv_sec = (time_t)(nanoseconds / 1000000000u), .tv_nsec = (long)(nanoseconds % 1000000000u) };
    int count = epoll_pwait2(epoll, events, most < EVENTS ? most : EVENTS, &timeout, NULL);
    for (int i = 0; i < count; i++)
        ready[i] = events[i].data.ptr;
    return count;
}

static void must_flush(struct client *client)
{
    if (flush_owed(client) < 0)
        fail("the server closed a connection");
}

// Reads until the socket is empty, as edge-triggered events ask for, and returns the messages that arrived.
int receive(struct client *client)
{
    int messages = 0;
    for (;;) {
        long count = read_some(client, buffer, BUFFER);
        if (count < 0)
            fail("the server closed a connection");
        if (count == 0)
            return messages;
        messages += check_bytes(client, buffer, (size_t)count);
        if (count < BUFFER && !client->ssl)
            return messages;
    }
}

void send_messages(struct client *client, int count, uint64_t now)
{
    for (int i = 0; i < count; i++) {
        client->sent_at[client->ring_head] = now;
        client->ring_head = (client->ring_head + 1) % options.depth;
        client->owed += script.offsets[client->queued + 1] - script.offsets[client->queued];
        client->queued = (client->queued + 1) % script.copies;
    }
    must_flush(client);
}

static uint64_t echo_for(double seconds)
{
    struct epoll_event events[EVENTS];
    uint64_t messages = 0, now = now_ns(), end = now + (uint64_t)(seconds * 1e9);
    while (now < end) {
        int ready = epoll_wait(epoll, events, EVENTS, 100);
        for (int i = 0; i < ready; i++) {
            struct client *client = events[i].data.ptr;
            int done = receive(client);
            must_flush(client);
            if (done == 0)
                continue;
            now = now_ns();
            for (int j = 0; j < done; j++) {
                measure_latency(now - client->sent_at[client->ring_tail]);
                client->ring_tail = (client->ring_tail + 1) % options.depth;
            }
            messages += (uint64_t)done;
            send_messages(client, done, now);
        }
        now = now_ns();
    }
    return messages;
}

void run_echo(void)
{
    prepare(options.connections);
    open_clients(0, options.connections);
    for (int i = 0; i < options.connections; i++)
        send_messages(&clients[i], options.depth, now_ns());
    echo_for(options.warmup);
    measure_start();
    deflate_bytes = 0;
    uint64_t messages = echo_for(options.seconds);
    if (messages == 0)
        fail("nothing came back");
    measure_print(messages);
}

// The first client publishes.
static uint64_t broadcast_for(double seconds)
{
    struct epoll_event events[EVENTS];
    uint64_t deliveries = 0, start = now_ns(), end = start + (uint64_t)(seconds * 1e9);
    while (start < end) {
        int waited = 0;
        long missing = (long)options.depth * options.connections;
        send_messages(&clients[0], options.depth, start);
        while (missing > 0) {
            int ready = epoll_wait(epoll, events, EVENTS, 1000);
            if (ready == 0 && ++waited == 10) {
                errno = 0;
                fail("a broadcast did not reach everybody within 10 s");
            }
            for (int i = 0; i < ready; i++) {
                struct client *client = events[i].data.ptr;
                missing -= receive(client);
                must_flush(client);
            }
        }
        deliveries += (uint64_t)options.depth * (uint64_t)options.connections;
        uint64_t now = now_ns();
        measure_latency(now - start);
        start = now;
    }
    return deliveries;
}

void run_broadcast(void)
{
    prepare(++options.connections);
    open_clients(0, options.connections);
    // A server may answer an upgrade before the new connection is on its list.
    usleep(500000);
    broadcast_for(options.warmup);
    measure_start();
    measure_print(broadcast_for(options.seconds));
}

static void speak_once(int from, int to)
{
    struct epoll_event events[EVENTS];
    open_clients(from, to);
    for (int i = from; i < to; i++)
        send_messages(&clients[i], 1, now_ns());
    for (int left = to - from; left > 0;) {
        int ready = epoll_wait(epoll, events, EVENTS, 10000);
        if (ready <= 0)
            fail("an echo did not arrive within 10 s");
        for (int i = 0; i < ready; i++)
            left -= receive(events[i].data.ptr);
    }
}

// A server with a compiler at run time does its compiling now: what that takes is no memory of connections. They are few, so that what
// they leave behind is not much that later ones could use again.
static void warm_up(int some)
{
    for (uint64_t end = now_ns() + (uint64_t)(options.warmup * 1e9); now_ns() < end;) {
        speak_once(0, some);
        for (int i = 0; i < some; i++)
            close_client(&clients[i]);
        usleep(200000);
    }
}

static long settled_kib(void)
{
    usleep((useconds_t)(options.settle * 1e6));
    return server_kib("VmRSS");
}

void run_idle(void)
{
    // What one process may open, less what it needs itself, is just under 20,000 on many machines.
    int all = options.connections, first = all * 10 / 19;
    prepare(all);
    warm_up(all / 4000 + 1);
    speak_once(0, first);
    long before = settled_kib();
    speak_once(first, all);
    long after = settled_kib();
    printf("{\"first\": %d, \"all\": %d, \"first_kib\": %ld, \"all_kib\": %ld, \"bytes_per_connection\": %.1f}\n",
        first, all, before, after, (double)(after - before) * 1024 / (all - first));
}
