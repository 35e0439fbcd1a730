using System.Net;
using Sockeye.Connections;
using Sockeye.Transports;

namespace Sockeye.Server;

/// <summary>Everything that a server holds open: links whose handshake is under way, and connections with their handlers.</summary>
#pragma warning disable CA1001 // a token source without a timer or a handle has nothing to dispose of
internal sealed class ConnectionRegistry(int max, int? maxPerAddress)
#pragma warning restore CA1001
{
    private readonly Roster<OpeningGate> _gates = new();
    private readonly Roster<ConnectionCore> _connections = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private Action<ConnectionCore>? _left;
    private int _count;
    private bool _stopping;

    public OpeningGate[] Gates => _gates.ToArray();

    public IEnumerable<WebSocketConnection> Connections => _connections.ToArray().Select(static core => core.Connection!);

    /// <summary>Cancelled when nobody is let in any more.</summary>
    public CancellationToken Stopping => _stop.Token;

    public int ConnectionCount => _connections.Count;

    public int HandshakeCount => _gates.Count;

    /// <inheritdoc cref="TryEnter(EndPoint?)"/>
    public bool TryEnter(Link link) => TryEnter(maxPerAddress is null ? null : link.RemoteEndPoint);

    /// <summary>Takes a place for a new link; false if there is none.</summary>
    public bool TryEnter(EndPoint? remote)
    {
        lock (_lock)
        {
            if (_stopping || _count >= max)
            {
                return false;
            }

            if (maxPerAddress is { } most && AddressOf(remote) is { } address)
            {
                int here = _byAddress.GetValueOrDefault(address);
                if (here >= most)
                {
                    return false;
                }

                _byAddress[address] = here + 1;
            }

            _count++;
            return true;
        }
    }

    public void Add(OpeningGate gate) => _gates.Add(gate);

    /// <summary>A gate's link ended without a connection.</summary>
    public void Left(OpeningGate gate, Link link)
    {
        if (_gates.Remove(gate))
        {
            Leave(link);
        }
    }

    /// <summary>A gate became a connection, which keeps its place.</summary>
    public void Opened(OpeningGate gate, WebSocketConnection connection)
    {
        _connections.Add(connection.Core);
        _gates.Remove(gate);
    }

    /// <summary>A connection and its handler are at their end.</summary>
    public void Left(ConnectionCore connection)
    {
        if (_connections.Remove(connection))
        {
            Leave(connection.Link);
        }
    }

    /// <summary>A connection without a handler of its own leaves with its link.</summary>
    public void LeaveWhenClosed(ConnectionCore connection)
    {
        if (!connection.TryJoinEnd(_left ??= Left))
        {
            Left(connection);
        }
    }

    /// <inheritdoc cref="Leave(EndPoint?)"/>
    public void Leave(Link link) => Leave(maxPerAddress is null ? null : link.RemoteEndPoint);

    /// <summary>Gives a place back.</summary>
    public void Leave(EndPoint? remote)
    {
        lock (_lock)
        {
            _count--;
            if (maxPerAddress is not null && AddressOf(remote) is { } address && --_byAddress[address] == 0)
            {
                _byAddress.Remove(address);
            }

            EndIfEmpty();
        }
    }

    /// <summary>Lets nobody in any more; the task completes when everybody has left.</summary>
    public Task StopAsync()
    {
        lock (_lock)
        {
            _stopping = true;
            EndIfEmpty();
        }

        _stop.Cancel();
        return _empty.Task;
    }

    // A listener for both families sees an IPv4 client at a mapped address: it is the same client.
    private static IPAddress? AddressOf(EndPoint? remote) =>
        remote is not IPEndPoint ip ? null
        : ip.Address.IsIPv4MappedToIPv6 ? ip.Address.MapToIPv4()
        : ip.Address;

    private void EndIfEmpty()
    {
        if (_stopping && _count == 0)
        {
            _empty.TrySetResult();
        }
    }
}
