// The floor: a bare TCP echo on epoll, no WebSocket. With --broadcast, what one connection sends goes to all.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { BUFFER = 512 * 1024, EVENTS = 512, MOST = 65536 };
static unsigned char buffer[BUFFER];
static char open_fds[MOST];
static int highest;

static int send_all(int fd, const unsigned char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t sent = send(fd, bytes, count, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) {
            struct pollfd writable = { .fd = fd, .events = POLLOUT };
            poll(&writable, 1, -1);
        } else if (sent < 0) {
            return -1;
        } else {
            bytes += sent;
            count -= (size_t)sent;
        }
    }
    return 0;
}

static int listen_on_loopback(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) < 0 || listen(fd, 4096) < 0
        || getsockname(fd, (struct sockaddr *)&address, &size) < 0) {
        perror("floor");
        exit(1);
    }
    printf("listening on ws://127.0.0.1:%d/\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static void accept_all(int epoll, int listener)
{
    int fd, on = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        if (fd >= MOST)
            exit(1);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
        open_fds[fd] = 1;
        highest = fd > highest ? fd : highest;
    }
}

static void serve(int fd, int broadcast)
{
    ssize_t count = recv(fd, buffer, BUFFER, 0);
    if (count < 0 && errno == EAGAIN)
        return;
    int failed = count <= 0;
    if (!failed && broadcast) {
        for (int other = 0; other <= highest; other++)
            if (open_fds[other])
                send_all(other, buffer, (size_t)count);
    } else if (!failed) {
        failed = send_all(fd, buffer, (size_t)count) < 0;
    }
    if (failed) {
        open_fds[fd] = 0;
        close(fd);
    }
}

int main(int count, char **arguments)
{
    int broadcast = count > 1 && !strcmp(arguments[1], "--broadcast");
    int listener = listen_on_loopback(), epoll = epoll_create1(0);
    struct epoll_event event = { .events = EPOLLIN, .data.fd = listener }, events[EVENTS];
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int ready = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd == listener)
                accept_all(epoll, listener);
            else
                serve(events[i].data.fd, broadcast);
        }
    }
}
