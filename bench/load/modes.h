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

// The measured window: processor time of the server from its own accounting, and how long answers took.
void measure_start(void);
void measure_latency(uint64_t nanoseconds);
void measure_print(uint64_t messages);
long server_kib(const char *field);

#endif
