using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Judging;

/// <summary>A client that has connected, and whose request was read.</summary>
internal sealed class ClientPeer(Stream stream, HttpText request) : Peer
{
    private int _taken;

    public override bool IsServer => false;

    public override HttpText Request => request;

    public override Task<Stream> ConnectAsync(CancellationToken stop) =>
        Interlocked.Exchange(ref _taken, 1) == 0 ? Task.FromResult(stream) : throw new OpeningException("a client has one connection a case");
}
