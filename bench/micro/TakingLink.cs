using System.Net;
using Sockeye.Transports;

namespace Sockeye.Micro;

/// <summary>A link that takes everything at once, so that what is measured is the connection alone.</summary>
internal sealed class TakingLink : Link
{
    public long Taken { get; private set; }

    public override IByteReceiver? Receiver { get; set; }

    public override EndPoint? RemoteEndPoint => null;

    public override EndPoint? LocalEndPoint => null;

    public override bool IsSecure => false;

    public override bool ResumesInline => true;

    public override bool IsReading => true;

    public override void Start()
    {
    }

    public override int TryWrite(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        Taken += first.Length + second.Length;
        return first.Length + second.Length;
    }

    public override void StartBacklog(IBacklog backlog) => throw new NotSupportedException("Nothing is ever left.");

    public override void ShutdownSend()
    {
    }

    public override void PauseReading()
    {
    }

    public override void ResumeReading()
    {
    }

    public override void Cut()
    {
    }
}
