#ifndef MODES_H
#define MODES_H

#include <stdint.h>

// Each message is answered with itself: `connections` of them with `depth` messages in flight each.
void run_echo(void);

// One more connection publishes `depth` messages at a time; every connection, its own included, must receive each.
void run_broadcast(void);

// Memory of the server at half and at all of the connections, each of which has spoken once.
void run_idle(void);

// Opens, upgrades, closes and starts again, in `connections` places at a time.
void run_handshake(void);

// The others' latency while handlers block: `rate` messages a second, spread over `connections`, and every `every` seconds `blockers` more
// connections ask the server to block for `block` milliseconds, all at once. New ones each time, unless `again`.
void run_neighbours(void);

// What the modes share: the connections by number, and the epoll that watches them.
struct client;
void prepare(int count);
void open_clients(int from, int to);
struct client *client_at(int number);
int wait_clients(uint64_t nanoseconds, struct client **ready, int most);
int receive(struct client *client);
void send_messages(struct client *client, int count, uint64_t now);

// The measured window: processor time of the server from its own accounting, and how long answers took.
void measure_start(void);
void measure_latency(uint64_t nanoseconds);
void measure_print(uint64_t messages);
long server_kib(const char *field);

// The same for each event loop of the server, with --loops, where the threads have such names.
void loops_before_connections(void);
void loops_start(void);
void loops_print(void);

#endif
