#define _GNU_SOURCE
#include "modes.h"
#include "client.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { READY = 512, IN_FLIGHT = 8192, PAYLOAD = 16, FRAME = 6 + PAYLOAD, ANSWER = 2 + PAYLOAD, PATIENCE = 30 };
static unsigned char block_frame[FRAME];
static int next_blocker, neighbours, blockers;
static uint64_t sent, answered, asked, unblocked;

// "block 30" and blanks, masked with zeroes. The server sleeps for so many milliseconds, then echoes it.
static void make_block(void)
{
    char payload[PAYLOAD + 1];
    snprintf(payload, sizeof payload, "block %-10d", options.block);
    block_frame[0] = 0x81;
    block_frame[1] = 0x80 | PAYLOAD;
    memcpy(block_frame + 6, payload, PAYLOAD);
}

static void ask_to_block(void)
{
    for (int i = 0; i < options.blockers; i++) {
        struct client *client = client_at(neighbours + next_blocker % blockers);
        if (write_some(client, block_frame, FRAME) != FRAME)
            fail("a message that blocks could not be sent");
        client->sent_at[client->ring_head] = now_ns();
        client->ring_head = (client->ring_head + 1) % options.depth;
        next_blocker++;
        asked++;
    }
}

// Frames in order, one answer for each; one that comes early means that the server does not block, and voids the measurement.
static void take_blocked(struct client *client)
{
    unsigned char bytes[4096];
    long count;
    while ((count = read_some(client, bytes, sizeof bytes)) > 0)
        client->position += (size_t)count;
    errno = 0;
    if (count < 0)
        fail("the server closed a connection that blocks");
    for (; client->position >= ANSWER; client->position -= ANSWER, unblocked++) {
        if (unblocked >= asked || now_ns() - client->sent_at[client->ring_tail] < (uint64_t)options.block * 1000000u)
            fail("the server did not block");
        client->ring_tail = (client->ring_tail + 1) % options.depth;
    }
}

static void take_answers(struct client *client)
{
    int count = receive(client);
    uint64_t now = now_ns();
    for (int i = 0; i < count; i++) {
        measure_latency(now - client->sent_at[client->ring_tail]);
        client->ring_tail = (client->ring_tail + 1) % options.depth;
    }
    answered += (uint64_t)count;
}

static void wait_until(uint64_t time)
{
    struct client *ready[READY];
    uint64_t now = now_ns();
    int count = wait_clients(time > now ? time - now : 0, ready, READY);
    for (int i = 0; i < count; i++) {
        if (ready[i] < client_at(neighbours))
            take_answers(ready[i]);
        else
            take_blocked(ready[i]);
    }
}

// A message counts from when it was due, not from when there was time to write it: a server that stalls the load is not let off.
static uint64_t speak_for(double seconds)
{
    uint64_t start = now_ns(), end = start + (uint64_t)(seconds * 1e9), first = answered, due = start, block_due = start;
    double interval = 1e9 / options.rate;
    for (uint64_t number = 0; due < end;) {
        uint64_t now = now_ns();
        if (now >= block_due) {
            ask_to_block();
            block_due += (uint64_t)(options.every * 1e9);
        }
        for (; due <= now && due < end; due = start + (uint64_t)((double)++number * interval)) {
            if (sent - answered >= IN_FLIGHT)
                fail("the server is hopelessly behind");
            send_messages(client_at((int)(sent++ % (uint64_t)neighbours)), 1, due);
        }
        wait_until(due < block_due ? due : block_due);
    }
    // What is still under way counts too.
    for (uint64_t patience = now_ns() + PATIENCE * 1000000000ull; answered < sent || unblocked < asked;) {
        errno = 0;
        if (now_ns() > patience)
            fail("answers were missing 30 s after the last message");
        wait_until(now_ns() + 10000000);
    }
    return answered - first;
}

void run_neighbours(void)
{
    int times = (int)(ceil(options.warmup / options.every) + ceil(options.seconds / options.every));
    neighbours = options.connections;
    blockers = options.blockers * (options.again ? 1 : times);
    options.depth = IN_FLIGHT;
    make_block();
    prepare(neighbours + blockers);
    open_clients(0, neighbours + blockers);
    speak_for(options.warmup);
    measure_start();
    measure_print(speak_for(options.seconds));
}
