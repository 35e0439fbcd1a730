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
    public async Task One_that_its_loop_refuses_can_be_disposed_of()
    {
        Assert.SkipUnless(EpollGroup.IsSupported, "epoll is Linux's");
        using var group = new EpollGroup(1, HandlerDispatch.Automatic, NullLogger.Instance);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var first = new EpollAcceptor(group, listener, static _ => { }, static _ => { });
        first.Start();
        var second = new EpollAcceptor(group, listener, static _ => { }, static _ => { });
        Assert.Throws<IOException>(second.Start); // the descriptor is the loop's already
        await Task.Run(second.Dispose).Soon();
    }
}
