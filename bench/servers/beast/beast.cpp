// Boost.Beast with coroutines on one thread.
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <iostream>
#include <set>
#include <string>

namespace beast = boost::beast;
namespace net = boost::asio;
namespace websocket = beast::websocket;
using net::ip::tcp;

template <class Socket> std::set<Socket*> everybody;
static bool broadcast;

template <class Socket> net::awaitable<void> answer(Socket& socket)
{
    beast::flat_buffer buffer;
    for (;;) {
        co_await socket.async_read(buffer, net::use_awaitable);
        socket.text(socket.got_text());
        if (!broadcast) {
            co_await socket.async_write(buffer.data(), net::use_awaitable);
        } else {
            auto receivers = everybody<Socket>;
            for (auto* other : receivers) {
                other->text(true);
                co_await other->async_write(buffer.data(), net::use_awaitable);
            }
        }
        buffer.consume(buffer.size());
    }
}

template <class Socket> net::awaitable<void> serve(Socket socket)
{
    try {
        beast::get_lowest_layer(socket).set_option(tcp::no_delay(true));
        if constexpr (requires { socket.next_layer().handshake(net::ssl::stream_base::server); })
            co_await socket.next_layer().async_handshake(net::ssl::stream_base::server, net::use_awaitable);
        socket.read_message_max(2 << 20);
        socket.auto_fragment(false);
        co_await socket.async_accept(net::use_awaitable);
        everybody<Socket>.insert(&socket);
        co_await answer(socket);
    } catch (const std::exception&) {
        // The load ends without closing.
    }
    everybody<Socket>.erase(&socket);
}

static net::awaitable<void> listen(tcp::acceptor acceptor, net::ssl::context* tls)
{
    for (;;) {
        tcp::socket socket = co_await acceptor.async_accept(net::use_awaitable);
        auto executor = socket.get_executor();
        if (tls)
            net::co_spawn(executor, serve(websocket::stream<net::ssl::stream<tcp::socket>>(std::move(socket), *tls)), net::detached);
        else
            net::co_spawn(executor, serve(websocket::stream<tcp::socket>(std::move(socket))), net::detached);
    }
}

int main(int count, char** arguments)
{
    net::io_context loop(1);
    net::ssl::context tls(net::ssl::context::tls_server);
    bool secure = false;
    for (int i = 1; i < count; i++) {
        std::string name = arguments[i];
        broadcast |= name == "--broadcast";
        if (name == "--tls") {
            std::string folder = arguments[++i];
            tls.use_certificate_chain_file(folder + "/cert.pem");
            tls.use_private_key_file(folder + "/key.pem", net::ssl::context::pem);
            secure = true;
        }
    }
    tcp::acceptor acceptor(loop, { net::ip::address_v4::loopback(), 0 });
    acceptor.listen(4096);
    std::cout << "listening on " << (secure ? "wss" : "ws") << "://127.0.0.1:" << acceptor.local_endpoint().port() << "/" << std::endl;
    net::co_spawn(loop, listen(std::move(acceptor), secure ? &tls : nullptr), net::detached);
    loop.run();
}
