using System.Net;

namespace Sockeye.Transports;

/// <summary>
/// A byte stream with two ends, as a connection sees it: it pushes what arrives to its receiver, takes what it can at once,
/// and pulls the rest from the backlog.
/// </summary>
internal abstract class Link
{
    /// <summary>The most that is written in one piece where that takes until all of it is taken: a slow peer's progress has to be seen.</summary>
    protected const int PieceBytes = 64 * 1024;

    /// <summary>Who gets the bytes. Set before <see cref="Start"/>; changed only from within <see cref="IByteReceiver.OnBytes"/> or while paused.</summary>
    public abstract IByteReceiver? Receiver { get; set; }

    /// <summary>The other end, where it has an address.</summary>
    public abstract EndPoint? RemoteEndPoint { get; }

    /// <summary>This end, where it has an address.</summary>
    public abstract EndPoint? LocalEndPoint { get; }

    /// <summary>Whether the bytes are encrypted (TLS).</summary>
    public abstract bool IsSecure { get; }

    /// <summary>
    /// Whether code that waits for a message is resumed on the thread that reads, in <see cref="IByteReceiver.OnTurn"/>,
    /// after <see cref="EndTurn"/>. A link whose reader may not be held up by such code says no: it is then resumed on the thread pool.
    /// </summary>
    public virtual bool ResumesInline => false;

    /// <summary>Whether the caller is inside <see cref="IByteReceiver.OnBytes"/> on a thread where application code may run inline.</summary>
    public virtual bool IsReading => false;

    /// <summary>
    /// Called when application code follows, in <see cref="IByteReceiver.OnTurn"/> or at the end of <see cref="IByteReceiver.OnBytes"/>: all
    /// bytes are dealt with, and if that code does not return, the link's next bytes may be pushed from another thread.
    /// </summary>
    public virtual void EndTurn()
    {
    }

    /// <summary>Begins to push.</summary>
    public abstract void Start();

    /// <summary>Gives up a link that was never started, in place of starting it.</summary>
    public virtual void Discard() => Cut();

    /// <summary>
    /// Writes what can be written at once, of both spans in order; the answer is how much that was.
    /// Never waits, never throws, calls nobody back. Called by the holder of the door, and only while no backlog is pulled.
    /// </summary>
    public abstract int TryWrite(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second);

    /// <summary>Begins to pull the backlog until it is used up. Never called while that goes on.</summary>
    public abstract void StartBacklog(IBacklog backlog);

    /// <summary>Tells the peer that no more bytes follow (a half close). Called once, when all is written.</summary>
    public abstract void ShutdownSend();

    /// <summary>Stops the pushing after the bytes that are being handed over.</summary>
    public abstract void PauseReading();

    /// <summary>Goes on pushing.</summary>
    public abstract void ResumeReading();

    /// <summary>Cuts the link at once, from any thread, any number of times. <see cref="IByteReceiver.OnEnded"/> follows on another stack.</summary>
    public abstract void Cut();
}
