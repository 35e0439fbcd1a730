using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Sockeye.Tests.Support;
using Sockeye.Transports;
using Sockeye.Transports.Epoll;

namespace Sockeye.Tests.Transports;

public sealed class EpollAcceptorTests
{
    [Fact]
    public async Task One_that_its_loop_does_not_take_can_be_disposed_of()
    {
        Assert.SkipUnless(EpollGroup.IsSupported, "epoll is Linux's");
        var group = new EpollGroup(1, HandlerDispatch.Automatic, NullLogger.Instance);
        var loop = group.Next();
        group.Dispose();
        await Waits.Until(() => loop.HasEnded, "the loop ends");
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var acceptor = new EpollAcceptor(group, listener, static _ => { }, static _ => { });
        Assert.Throws<IOException>(acceptor.Start);
        await Task.Run(acceptor.Dispose).Soon();
    }
}
