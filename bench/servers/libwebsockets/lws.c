// libwebsockets: what arrives is queued and written when the socket takes it.
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_QUEUED = 4 << 20 };

struct piece {
    struct piece *next;
    size_t size;
    int flags;
    unsigned char bytes[]; // LWS_PRE bytes of room first
};

struct session {
    struct piece *first, *last;
    size_t queued;
    int paused;
    struct lws *socket;
    struct session *previous, *next;
};

static struct session *everybody;
static int broadcast;

static void queue(struct session *session, const void *bytes, size_t size, int flags)
{
    struct piece *piece = malloc(sizeof *piece + LWS_PRE + size);
    *piece = (struct piece) { .size = size, .flags = flags };
    memcpy(piece->bytes + LWS_PRE, bytes, size);
    if (session->last)
        session->last->next = piece;
    else
        session->first = piece;
    session->last = piece;
    session->queued += size;
    if (!session->paused && session->queued > MOST_QUEUED) {
        session->paused = 1;
        lws_rx_flow_control(session->socket, 0);
    }
    lws_callback_on_writable(session->socket);
}

static int write_one(struct session *session)
{
    struct piece *piece = session->first;
    if (!piece)
        return 0;
    int done = lws_write(session->socket, piece->bytes + LWS_PRE, piece->size, (enum lws_write_protocol)piece->flags);
    session->first = piece->next;
    session->queued -= piece->size;
    free(piece);
    if (!session->first)
        session->last = NULL;
    else
        lws_callback_on_writable(session->socket);
    if (session->paused && session->queued <= MOST_QUEUED) {
        session->paused = 0;
        lws_rx_flow_control(session->socket, 1);
    }
    return done < 0 ? -1 : 0;
}

static void join(struct session *session, struct lws *socket)
{
    session->socket = socket;
    session->next = everybody;
    if (everybody)
        everybody->previous = session;
    everybody = session;
}

static void leave(struct session *session)
{
    if (session->previous)
        session->previous->next = session->next;
    else
        everybody = session->next;
    if (session->next)
        session->next->previous = session->previous;
    while (session->first) {
        struct piece *piece = session->first;
        session->first = piece->next;
        free(piece);
    }
}

static int on_event(struct lws *socket, enum lws_callback_reasons reason, void *user, void *bytes, size_t size)
{
    struct session *session = user;
    switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
        memset(session, 0, sizeof *session);
        join(session, socket);
        return 0;
    case LWS_CALLBACK_CLOSED:
        leave(session);
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return write_one(session);
    case LWS_CALLBACK_RECEIVE: {
        int type = lws_frame_is_binary(socket) ? LWS_WRITE_BINARY : LWS_WRITE_TEXT;
        int flags = lws_write_ws_flags(type, lws_is_first_fragment(socket), lws_is_final_fragment(socket));
        if (!broadcast)
            queue(session, bytes, size, flags);
        else
            for (struct session *one = everybody; one; one = one->next)
                queue(one, bytes, size, flags);
        return 0;
    }
    default:
        return lws_callback_http_dummy(socket, reason, user, bytes, size);
    }
}

int main(int count, char **arguments)
{
    static const struct lws_protocols protocols[] = { { .name = "echo", .callback = on_event, .per_session_data_size = sizeof(struct session),
        .rx_buffer_size = 64 * 1024 }, { 0 } };
    static char certificate[512], key[512];
    struct lws_context_creation_info info = { .port = 0, .iface = "127.0.0.1", .protocols = protocols, .pt_serv_buf_size = 64 * 1024 };
    lws_set_log_level(0, NULL);
    for (int i = 1; i < count; i++) {
        if (!strcmp(arguments[i], "--broadcast")) {
            broadcast = 1;
        } else if (!strcmp(arguments[i], "--tls") && i + 1 < count) {
            i++;
            snprintf(certificate, sizeof certificate, "%s/cert.pem", arguments[i]);
            snprintf(key, sizeof key, "%s/key.pem", arguments[i]);
            info.ssl_cert_filepath = certificate;
            info.ssl_private_key_filepath = key;
            info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
        }
    }
    info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
    struct lws_context *context = lws_create_context(&info);
    struct lws_vhost *host = context ? lws_create_vhost(context, &info) : NULL;
    if (!host)
        return 1;
    printf("listening on ws://127.0.0.1:%d/\n", lws_get_vhost_listen_port(host));
    fflush(stdout);
    while (lws_service(context, 0) >= 0) { }
    return 0;
}
