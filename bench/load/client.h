// A WebSocket client connection for load: non-blocking, with or without TLS, checking every echo byte by byte.
#ifndef CLIENT_H
#define CLIENT_H

#include <stddef.h>
#include <stdint.h>
#include <openssl/ssl.h>
#include <zlib.h>

struct options {
    const char *mode;
    int port, connections, depth, raw, tls, pid;
    int deflate, noise; // compressed messages; of random bytes
    int takeover;       // whether the server may keep a context, and with 2 whether it has to expect one of the client too
    size_t size;
    int window;                    // the size of both windows in bits, if it is asked for
    int loops;                     // whether the server's loops are looked at
    int blockers, block, again;    // of mode neighbours
    double seconds, warmup, settle, rate, every;
};

// What is sent, over and over: `copies` frames, so that several go out in one write. They are equal unless they are compressed.
struct script {
    unsigned char *frames;
    size_t copies;
    size_t *offsets;               // where each frame begins, and the end of the last
    size_t period;                 // after so many bytes it is the same again
    const unsigned char *expected; // the payload that must come back; in raw mode the frame itself
    size_t expected_bytes;
};

struct client {
    int fd;
    SSL *ssl;
    size_t owed, phase;      // bytes still to write, and where in the script the next one is
    size_t queued;           // the next frame to be owed
    unsigned char head[14];  // a frame header that is still arriving
    int head_bytes;
    uint64_t frame_left;
    size_t position;         // bytes of the current message that have been checked
    int finished;            // the FIN bit of the current frame
    uint64_t *sent_at;       // when each message in flight was sent: a ring
    int ring_head, ring_tail;
    // Of compressed echoes: the message that is arriving, the one that is due, and the server's context.
    unsigned char *body;
    size_t body_bytes;
    int compressed, expected;
    z_stream *inflater;
};

extern struct options options;
extern struct script script;

uint64_t now_ns(void);
void fail(const char *what);
void make_script(size_t copies);
void make_deflate_script(void);
const char *deflate_offer(void); // a header line, or nothing
void start_tls(void);

// Chooses a source address of 127.0.0.0/8 by number, so that local ports do not run out.
int begin_connect(int number);
void wrap_tls(struct client *client);

// Version, cipher and key exchange of the first connection; empty without TLS.
const char *tls_negotiated(void);
void note_tls(struct client *client);

// Both return bytes moved, 0 when the socket is not ready, and -1 at the end of the connection.
long read_some(struct client *client, void *buffer, size_t size);
long write_some(struct client *client, const void *buffer, size_t size);

size_t upgrade_request(char *buffer, size_t size);
int is_upgrade_reply(const char *reply);

// Connects, upgrades and leaves the connection non-blocking.
void open_client(struct client *client, int number);

void close_client(struct client *client);

// Returns the number of whole messages in the bytes; exits if one differs from what was sent.
int check_bytes(struct client *client, const unsigned char *bytes, size_t count);

int check_deflated(struct client *client, const unsigned char *bytes, size_t count);

// Payload bytes of the answers to compressed messages, as they came.
extern uint64_t deflate_bytes;

// Writes what is owed as far as the socket takes it; -1 if the connection has ended.
int flush_owed(struct client *client);

#endif
