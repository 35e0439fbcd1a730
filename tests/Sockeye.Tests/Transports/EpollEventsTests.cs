using System.Runtime.InteropServices;
using Sockeye.Transports.Epoll;

namespace Sockeye.Tests.Transports;

/// <summary>The layout of struct epoll_event, which differs between architectures.</summary>
public sealed unsafe class EpollEventsTests
{
    [Fact]
    public void It_is_packed_on_x64_only()
    {
        Assert.Equal(RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64 ? 12 : 16, EpollEvents.Size);
        var events = new EpollEvents(3);
        for (int i = 0; i < 3; i++)
        {
            EpollEvents.Write(events.Pointer + (i * EpollEvents.Size), (uint)i + 1, 0x0102030405060708ul + (ulong)i);
        }

        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(((uint)i + 1, 0x0102030405060708ul + (ulong)i), events.Read(i));
        }
    }
}
