using System.Net;
using Sockeye.Server;

namespace Sockeye.Tests.Server;

/// <summary>Places: as many as there are, and given back.</summary>
public sealed class ConnectionRegistryTests
{
    [Fact]
    public void A_mapped_address_is_the_same_client()
    {
        var registry = new ConnectionRegistry(10, maxPerAddress: 1);
        var plain = new IPEndPoint(IPAddress.Parse("192.0.2.7"), 1);
        var mapped = new IPEndPoint(IPAddress.Parse("::ffff:192.0.2.7"), 2);
        Assert.True(registry.TryEnter(plain));
        Assert.False(registry.TryEnter(mapped));
        Assert.True(registry.TryEnter(new IPEndPoint(IPAddress.Parse("192.0.2.8"), 1)));
        registry.Leave(mapped);
        Assert.True(registry.TryEnter(plain));
    }

    [Fact]
    public void Nobody_enters_a_full_or_stopping_server_and_it_is_empty_when_all_have_left()
    {
        var registry = new ConnectionRegistry(2, null);
        Assert.True(registry.TryEnter(remote: null));
        Assert.True(registry.TryEnter(remote: null));
        Assert.False(registry.TryEnter(remote: null));
        registry.Leave(remote: null);
        var empty = registry.StopAsync();
        Assert.False(registry.TryEnter(remote: null));
        Assert.False(empty.IsCompleted);
        registry.Leave(remote: null);
        Assert.True(empty.IsCompletedSuccessfully);
    }
}
