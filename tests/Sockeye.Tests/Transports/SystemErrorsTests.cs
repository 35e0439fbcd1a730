using System.Net.Sockets;
using Sockeye.Transports.Epoll;

namespace Sockeye.Tests.Transports;

public sealed class SystemErrorsTests
{
    [Theory]
    [InlineData(104, SocketError.ConnectionReset)]
    [InlineData(32, SocketError.Shutdown)]
    [InlineData(111, SocketError.ConnectionRefused)]
    [InlineData(110, SocketError.TimedOut)]
    [InlineData(113, SocketError.HostUnreachable)]
    [InlineData(24, SocketError.TooManyOpenSockets)]
    [InlineData(2, SocketError.AddressNotAvailable)]
    [InlineData(9999, SocketError.SocketError)]
    public void Error_numbers_have_the_base_librarys_names(int number, SocketError name) =>
        Assert.Equal(name, SystemErrors.ToException(number).SocketErrorCode);

    [Fact]
    public async Task Nobody_listening_is_said_in_plain_words()
    {
        foreach (bool loops in new[] { true, false })
        {
            var error = await Assert.ThrowsAsync<IOException>(() => WebSocketClient.ConnectAsync(
                new Uri("ws://127.0.0.1:1/"), new WebSocketClientOptions { UseEventLoops = loops }));
            Assert.Equal("Cannot connect to 127.0.0.1:1: the connection was refused; nobody listens there.", error.Message);
            Assert.Equal(SocketError.ConnectionRefused, ((SocketException)error.InnerException!).SocketErrorCode);
        }
    }
}
