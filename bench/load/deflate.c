// Messages of permessage-deflate (RFC 7692): compressed once, sent by every client; what comes back is inflated and compared.
#define _GNU_SOURCE
#include "client.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGES = 64, TAIL = 4 };
static const unsigned char mask[4] = { 0x5a, 0x11, 0xc3, 0x7e };
static unsigned char *messages[MESSAGES], *scratch;
static unsigned random_state = 7692;
uint64_t deflate_bytes;

static unsigned random_below(unsigned most)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % most;
}

static void make_json(char *text, size_t size)
{
    size_t at = 0;
    while (at < size)
        at += (size_t)snprintf(text + at, 128, "{\"id\":%u,\"name\":\"user%u\",\"price\":%u.%02u,\"tags\":[\"a\",\"b\"]},",
                               random_below(100000), random_below(50), random_below(1000), random_below(100));
}

const char *deflate_offer(void)
{
    static char line[256];
    if (!options.deflate)
        return "";
    int size = snprintf(line, sizeof line, "Sec-WebSocket-Extensions: permessage-deflate%s%s",
        options.takeover == 2 ? "" : "; client_no_context_takeover", options.takeover ? "" : "; server_no_context_takeover");
    if (options.window)
        size += snprintf(line + size, sizeof line - (size_t)size, "; client_max_window_bits=%d; server_max_window_bits=%d", options.window, options.window);
    snprintf(line + size, sizeof line - (size_t)size, "\r\n");
    return line;
}

static void check(int good, const char *what)
{
    if (good)
        return;
    errno = 0;
    fail(what);
}

static size_t append_frame(unsigned char *frames, size_t at, const unsigned char *payload, size_t size)
{
    frames[at++] = 0xc0 | (options.noise ? 2 : 1);
    frames[at++] = (unsigned char)(0x80 | (size < 126 ? size : 126));
    if (size >= 126) {
        check(size < 65536, "--deflate is for messages that stay below 64 KiB");
        frames[at++] = (unsigned char)(size >> 8);
        frames[at++] = (unsigned char)size;
    }
    memcpy(frames + at, mask, 4);
    at += 4;
    for (size_t i = 0; i < size; i++)
        frames[at++] = payload[i] ^ mask[i & 3];
    return at;
}

void make_deflate_script(void)
{
    size_t size = options.size, room = size + size / 8 + 256, at = 0;
    unsigned char *frames = malloc(MESSAGES * (room + 14)), *out = malloc(room);
    script.offsets = malloc((MESSAGES + 1) * sizeof *script.offsets);
    scratch = malloc(size + 1);
    z_stream stream = { 0 };
    check(deflateInit2(&stream, 6, Z_DEFLATED, options.window ? -options.window : -15, 8, Z_DEFAULT_STRATEGY) == Z_OK, "deflateInit2");
    for (int i = 0; i < MESSAGES; i++) {
        messages[i] = malloc(size + 128);
        if (options.noise)
            for (size_t k = 0; k < size; k++)
                messages[i][k] = (unsigned char)random_below(256);
        else
            make_json((char *)messages[i], size);
        deflateReset(&stream);
        stream.next_in = messages[i], stream.avail_in = (unsigned)size;
        stream.next_out = out, stream.avail_out = (unsigned)room;
        check(deflate(&stream, Z_SYNC_FLUSH) == Z_OK && stream.avail_in == 0, "deflate");
        script.offsets[i] = at;
        at = append_frame(frames, at, out, room - stream.avail_out - TAIL);
    }
    deflateEnd(&stream);
    script.offsets[MESSAGES] = at;
    script.frames = frames;
    script.copies = MESSAGES;
    script.period = at;
}

static void check_message(struct client *client)
{
    const unsigned char *expected = messages[client->expected];
    client->expected = (client->expected + 1) % MESSAGES;
    deflate_bytes += client->body_bytes;
    if (!client->compressed) {
        check(client->body_bytes == options.size && memcmp(client->body, expected, options.size) == 0, "an echo differs from what was sent");
        return;
    }
    if (!client->inflater) {
        client->inflater = calloc(1, sizeof *client->inflater);
        check(inflateInit2(client->inflater, -15) == Z_OK, "inflateInit2");
    } else if (!options.takeover) {
        inflateReset(client->inflater);
    }
    static const unsigned char tail[TAIL] = { 0, 0, 0xff, 0xff };
    memcpy(client->body + client->body_bytes, tail, TAIL);
    client->inflater->next_in = client->body, client->inflater->avail_in = (unsigned)(client->body_bytes + TAIL);
    client->inflater->next_out = scratch, client->inflater->avail_out = (unsigned)options.size + 1;
    int result = inflate(client->inflater, Z_SYNC_FLUSH);
    check(result == Z_OK && client->inflater->avail_out == 1 && memcmp(scratch, expected, options.size) == 0, "a compressed echo differs from what was sent");
}

int check_deflated(struct client *client, const unsigned char *bytes, size_t count)
{
    int whole = 0;
    while (count > 0) {
        if (client->frame_left == 0) {
            client->head[client->head_bytes++] = *bytes++;
            count--;
            int length = client->head[1], need = client->head_bytes < 2 ? 2 : length == 126 ? 4 : 2;
            if (client->head_bytes < need)
                continue;
            check(!(client->head[0] & 0x38) && length < 127, "a frame that is no part of an echo arrived");
            if (client->head[0] & 0x0f)
                client->compressed = client->head[0] & 0x40;
            client->frame_left = need == 2 ? (uint64_t)length : (uint64_t)(client->head[2] << 8 | client->head[3]);
            client->finished = client->head[0] >> 7;
            client->head_bytes = 0;
            client->body = realloc(client->body, client->body_bytes + client->frame_left + TAIL);
        } else {
            size_t take = client->frame_left < count ? (size_t)client->frame_left : count;
            memcpy(client->body + client->body_bytes, bytes, take);
            bytes += take, count -= take;
            client->body_bytes += take;
            client->frame_left -= take;
        }
        if (client->frame_left == 0 && client->head_bytes == 0 && client->finished) {
            check_message(client);
            client->body_bytes = 0;
            whole++;
        }
    }
    return whole;
}
