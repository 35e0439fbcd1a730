namespace Sockeye.Transports;

/// <summary>Whom a link pushes its bytes to: an opening handshake first, then a connection.</summary>
internal interface IByteReceiver
{
    /// <summary>
    /// Bytes arrived. They may be altered (unmasking happens in place) and are the link's again after the call.
    /// Calls of one link never overlap, and none comes while the link is paused or after <see cref="OnEnded"/>.
    /// </summary>
    void OnBytes(Span<byte> bytes);

    /// <summary>
    /// The bytes last handed over were all that there was for now. Application code that waits for them may go on within this call,
    /// on links that resume it inline, and may then take any time.
    /// </summary>
    void OnTurn()
    {
    }

    /// <summary>
    /// Where the next bytes should be read to: the link's own buffer, a part of it, or, to spare a copy, memory of the receiver's.
    /// They go to <see cref="OnBytes"/> from there, without anything in between but another call of this.
    /// </summary>
    Span<byte> ChooseRoom(Span<byte> buffer) => buffer;

    /// <summary>Bytes for it are about to be read: has the processor fetch what it needs.</summary>
    /// <param name="near">Whether this is the next one; else there is one before it.</param>
    void Prefetch(bool near)
    {
    }

    /// <summary>The link is at its end, once: the peer sends no more (null), or the link failed or was cut.</summary>
    void OnEnded(Exception? error);

    /// <summary>The link was cut while application code in <see cref="OnBytes"/> does not return: <see cref="OnEnded"/> has to wait for it.</summary>
    void OnCutWhileHeld()
    {
    }
}
