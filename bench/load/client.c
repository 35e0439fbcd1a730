#define _GNU_SOURCE
#include "client.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_SOURCE = 2, SOURCES = 250 };
static const unsigned char mask[4] = { 0x5a, 0x11, 0xc3, 0x7e };
static SSL_CTX *tls_context;

uint64_t now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void fail(const char *what)
{
    fprintf(stderr, "load: %s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
    exit(1);
}

void make_script(size_t copies)
{
    size_t size = options.size, head = size < 126 ? 6 : size < 65536 ? 8 : 14;
    unsigned char *payload = malloc(size + 1), *frame = malloc(head + size);
    for (size_t i = 0; i < size; i++)
        payload[i] = (unsigned char)('a' + (i * 7 + i / 26) % 26);
    frame[0] = 0x81;
    frame[1] = (unsigned char)(0x80 | (size < 126 ? size : size < 65536 ? 126 : 127));
    for (size_t i = 2; i < head - 4; i++)
        frame[i] = (unsigned char)((uint64_t)size >> (8 * (head - 5 - i)));
    memcpy(frame + head - 4, mask, 4);
    for (size_t i = 0; i < size; i++)
        frame[head + i] = payload[i] ^ mask[i & 3];

    size_t frame_bytes = script.period = head + size;
    script.copies = copies;
    script.frames = malloc(copies * frame_bytes);
    script.offsets = malloc((copies + 1) * sizeof *script.offsets);
    for (size_t i = 0; i < copies; i++)
        memcpy(script.frames + i * frame_bytes, frame, frame_bytes);
    for (size_t i = 0; i <= copies; i++)
        script.offsets[i] = i * frame_bytes;
    script.expected = options.raw ? frame : payload;
    script.expected_bytes = options.raw ? frame_bytes : size;
}

void start_tls(void)
{
    tls_context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_mode(tls_context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    // Each handshake is a full one: a resumed session would be another measurement.
    SSL_CTX_set_session_cache_mode(tls_context, SSL_SESS_CACHE_OFF);
}

int begin_connect(int number)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    if (fd < 0)
        fail("socket");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    struct sockaddr_in from = { .sin_family = AF_INET };
    from.sin_addr.s_addr = htonl(0x7f000000u + FIRST_SOURCE + (unsigned)(number % SOURCES));
    if (bind(fd, (struct sockaddr *)&from, sizeof from) < 0)
        fail("bind");
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)options.port) };
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS)
        fail("connect");
    return fd;
}

void wrap_tls(struct client *client)
{
    client->ssl = SSL_new(tls_context);
    SSL_set_fd(client->ssl, client->fd);
    SSL_set_connect_state(client->ssl);
}

static char negotiated[128];

const char *tls_negotiated(void)
{
    return negotiated;
}

void note_tls(struct client *client)
{
    if (client->ssl && !negotiated[0])
        snprintf(negotiated, sizeof negotiated, "%s %s, %s", SSL_get_version(client->ssl), SSL_get_cipher_name(client->ssl),
            SSL_group_to_name(client->ssl, (int)SSL_get_negotiated_group(client->ssl)));
}

static long tls_result(struct client *client, int result)
{
    if (result > 0)
        return result;
    int error = SSL_get_error(client->ssl, result);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

long read_some(struct client *client, void *buffer, size_t size)
{
    if (client->ssl)
        return tls_result(client, SSL_read(client->ssl, buffer, (int)size));
    ssize_t count = recv(client->fd, buffer, size, 0);
    return count > 0 ? count : count < 0 && errno == EAGAIN ? 0 : -1;
}

long write_some(struct client *client, const void *buffer, size_t size)
{
    if (client->ssl)
        return tls_result(client, SSL_write(client->ssl, buffer, (int)size));
    ssize_t count = send(client->fd, buffer, size, MSG_NOSIGNAL);
    return count > 0 ? count : count < 0 && (errno == EAGAIN || errno == ENOTCONN) ? 0 : -1;
}

// The key and its answer are those of RFC 6455, section 1.3.
size_t upgrade_request(char *buffer, size_t size)
{
    return (size_t)snprintf(buffer, size,
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s\r\n", options.port, deflate_offer());
}

int is_upgrade_reply(const char *reply)
{
    return strncmp(reply, "HTTP/1.1 101", 12) == 0 && (!options.deflate || strstr(reply, "permessage-deflate")) && strstr(reply, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

static void wait_for(struct client *client, short events)
{
    struct pollfd poll_for = { .fd = client->fd, .events = events };
    if (poll(&poll_for, 1, 10000) <= 0)
        fail("no answer within 10 s");
}

void open_client(struct client *client, int number)
{
    client->fd = begin_connect(number);
    client->sent_at = calloc((size_t)options.depth, sizeof *client->sent_at);
    wait_for(client, POLLOUT);
    if (options.tls)
        wrap_tls(client);
    if (options.raw)
        return;
    char request[512], reply[4096];
    size_t size = upgrade_request(request, sizeof request), done = 0, got = 0;
    while (done < size) {
        long count = write_some(client, request + done, size - done);
        if (count < 0)
            fail("the upgrade could not be sent");
        if (count == 0)
            wait_for(client, POLLIN);
        done += (size_t)count;
    }
    do {
        long count = read_some(client, reply + got, sizeof reply - 1 - got);
        if (count < 0 || got == sizeof reply - 1)
            fail("the upgrade was not answered");
        if (count == 0)
            wait_for(client, POLLIN);
        got += (size_t)count;
        reply[got] = 0;
    } while (!strstr(reply, "\r\n\r\n"));
    if (!is_upgrade_reply(reply))
        fail("the upgrade was refused");
    note_tls(client);
}

void close_client(struct client *client)
{
    close(client->fd);
    SSL_free(client->ssl);
    free(client->sent_at);
    free(client->body);
    if (client->inflater)
        inflateEnd(client->inflater);
    free(client->inflater);
    memset(client, 0, sizeof *client);
}

static int check_payload(struct client *client, const unsigned char *bytes, size_t count)
{
    if (client->position + count > script.expected_bytes || memcmp(bytes, script.expected + client->position, count) != 0) {
        errno = 0;
        fail("an echo differs from what was sent");
    }
    client->position += count;
    return 0;
}

static int check_raw(struct client *client, const unsigned char *bytes, size_t count)
{
    int messages = 0;
    while (count > 0) {
        size_t take = script.expected_bytes - client->position;
        take = take < count ? take : count;
        check_payload(client, bytes, take);
        bytes += take, count -= take;
        if (client->position == script.expected_bytes)
            client->position = 0, messages++;
    }
    return messages;
}

int check_bytes(struct client *client, const unsigned char *bytes, size_t count)
{
    if (options.raw)
        return check_raw(client, bytes, count);
    if (options.deflate)
        return check_deflated(client, bytes, count);
    int messages = 0;
    while (count > 0) {
        if (client->frame_left == 0) {
            client->head[client->head_bytes++] = *bytes++;
            count--;
            int length = client->head[1], need = client->head_bytes < 2 ? 2 : length == 126 ? 4 : length == 127 ? 10 : 2;
            if (client->head_bytes < need)
                continue;
            if (client->head[0] & 0x78 || length & 0x80)
                fail("a frame that is no part of an echo arrived");
            uint64_t size = need == 2 ? (uint64_t)length : 0;
            for (int i = 2; i < need; i++)
                size = size << 8 | client->head[i];
            client->finished = client->head[0] >> 7;
            client->frame_left = size;
            client->head_bytes = 0;
        } else {
            size_t take = client->frame_left < count ? (size_t)client->frame_left : count;
            check_payload(client, bytes, take);
            bytes += take, count -= take;
            client->frame_left -= take;
        }
        if (client->frame_left == 0 && client->head_bytes == 0 && client->finished) {
            if (client->position != script.expected_bytes)
                fail("an echo is shorter than what was sent");
            client->position = 0, messages++;
        }
    }
    return messages;
}

int flush_owed(struct client *client)
{
    while (client->owed > 0) {
        size_t whole = script.offsets[script.copies] - client->phase;
        long count = write_some(client, script.frames + client->phase, client->owed < whole ? client->owed : whole);
        if (count <= 0)
            return (int)count;
        client->owed -= (size_t)count;
        client->phase = (client->phase + (size_t)count) % script.period;
    }
    return 0;
}
