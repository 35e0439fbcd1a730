using System.Net.Security;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Sockeye.Conformance.Wire;

/// <summary>An open WebSocket at the level of frames: sends anything, and tells what the peer does.</summary>
internal sealed class RawConnection : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly FrameParser _parser;
    private readonly FrameRules _rules;
    private readonly Transcript _transcript;
    private readonly Channel<PeerEvent> _events = Channel.CreateUnbounded<PeerEvent>();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Inflater? _inflater;
    private Task _pump = Task.CompletedTask;
    private bool _closeSent;

    public RawConnection(Stream stream, bool judgeIsClient, Transcript transcript, ReadOnlyMemory<byte> behindHead, Negotiated deflate)
    {
        (_stream, JudgeIsClient, _transcript, Deflate) = (stream, judgeIsClient, transcript, deflate);
        _parser = new FrameParser(stream);
        _parser.Unread(behindHead.Span);
        _rules = new FrameRules(mustMask: !judgeIsClient, deflate.IsOn);
        _inflater = deflate.IsOn ? new Inflater(deflate.PeerKeepsNoContext, deflate.PeerWindowBits) : null;
    }

    public bool JudgeIsClient { get; }

    /// <summary>What was agreed about compression.</summary>
    public Negotiated Deflate { get; }

    /// <summary>Whether the peer no longer takes bytes.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether to answer the pings of the peer.</summary>
    public bool AnswersPings { get; set; } = true;

    /// <summary>Begins to read. A case about readers that stall never does.</summary>
    public void StartReading() => _pump = Task.Run(PumpAsync);

    /// <summary>Sends frames. A peer that has gone is seen in what is read, not here.</summary>
    public async Task SendAsync(Frame[] frames, Chop chop = default)
    {
        var all = new MemoryStream();
        foreach (var frame in frames)
        {
            byte[] bytes = frame.ToBytes(JudgeIsClient, out int headLength);
            _transcript.Add(true, Describe(frame), bytes, headLength);
            _closeSent |= frame.Opcode == Opcodes.Close;
            if (chop == Chop.PerFrame)
            {
                await SendBytesAsync(bytes, Chop.Whole);
            }
            else
            {
                all.Write(bytes);
            }
        }

        if (all.Length > 0)
        {
            await SendBytesAsync(all.GetBuffer().AsMemory(0, (int)all.Length), chop);
        }
    }

    public Task SendAsync(Frame frame) => SendAsync([frame]);

    /// <summary>Sends bytes that are not put down.</summary>
    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes, Chop chop = default)
    {
        await _sending.WaitAsync();
        try
        {
            int size = chop.Size > 0 ? chop.Size : Math.Max(bytes.Length, 1);
            for (int at = 0; at < bytes.Length && !IsBroken; at += size)
            {
                await _stream.WriteAsync(bytes.Slice(at, Math.Min(size, bytes.Length - at)), _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidOperationException or OperationCanceledException)
        {
            IsBroken = true;
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Puts down what is sent as bytes.</summary>
    public void Note(string note, ReadOnlySpan<byte> bytes, int headLength = 0) => _transcript.Add(true, note, bytes, headLength);

    /// <summary>What the peer does next, or silence after a time. After the end it is the end again and again.</summary>
    public async Task<PeerEvent> NextAsync(TimeSpan patience)
    {
        using var late = new CancellationTokenSource(patience);
        try
        {
            return await _events.Reader.ReadAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            return PeerEvent.Silence;
        }
        catch (ChannelClosedException)
        {
            return PeerEvent.Ended("the connection has ended");
        }
    }

    /// <summary>Says that no more bytes come, and goes on reading.</summary>
    public async Task HalfCloseAsync()
    {
        _transcript.Add(true, "end of the sending side (TCP FIN)", []);
        (_stream as NetworkStream)?.Socket.Shutdown(SocketShutdown.Send);
        if (_stream is SslStream secure)
        {
            await secure.ShutdownAsync(); // the end of the sending side, in TLS: close_notify
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndTlsAsync();
        await _stop.CancelAsync();
        await _stream.DisposeAsync();
        await _pump;
        _inflater?.Dispose();
        _stop.Dispose();
        _sending.Dispose();
    }

    /// <summary>Says in TLS that no more comes (RFC 8446 §6.1), unless a peer that does not read is in the way.</summary>
    private async Task EndTlsAsync()
    {
        if (_stream is not SslStream secure || IsBroken || _sending.CurrentCount == 0)
        {
            return;
        }

        try
        {
            await secure.ShutdownAsync().WaitAsync(TimeSpan.FromSeconds(1));
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or TimeoutException)
        {
            // Said before, or nobody is there.
        }
    }

    private static string Describe(Frame frame) =>
        $"{Opcodes.NameOf(frame.Opcode)}{(frame.Fin ? "" : ", FIN 0")}{(frame.Rsv == 0 ? "" : $", RSV {frame.Rsv}")}, "
        + (frame.Declared is { } declared ? $"declared {declared}, sent {frame.Payload.Length}" : $"{frame.Payload.Length} bytes")
        + (frame is { Opcode: Opcodes.Close, Payload.Length: >= 2 } ? $", code {(frame.Payload[0] << 8) | frame.Payload[1]}" : "");

    private async Task PumpAsync()
    {
        try
        {
            var message = new MemoryStream();
            Frame? first = null;
            while (await _parser.NextAsync(_stop.Token) is { } frame)
            {
                _transcript.Add(false, Describe(frame), [.. _parser.Head, .. frame.Payload.AsSpan(0, Math.Min(frame.Payload.Length, 256))], _parser.Head.Length, _parser.Head.Length + frame.Payload.Length);
                if (_rules.FaultOf(frame) is { } fault)
                {
                    Tell(PeerEvent.Fault(fault));
                    break;
                }

                if (frame.Opcode >= 8)
                {
                    await ControlAsync(frame);
                    continue;
                }

                first ??= frame;
                message.Write(frame.Payload);
                if (frame.Fin)
                {
                    Tell(MessageOf(first, message.ToArray()));
                    (first, message) = (null, new MemoryStream());
                }
            }

            Tell(PeerEvent.Ended("the peer ended the connection (TCP FIN)"));
            _transcript.Add(false, "end of the connection (TCP FIN)", []);
        }
        catch (InvalidDataException e)
        {
            Tell(PeerEvent.Fault(e.Message));
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidOperationException or OperationCanceledException)
        {
            Tell(PeerEvent.Ended(e is EndOfStreamException ? e.Message : "the peer dropped the connection (TCP RST)"));
            if (!_stop.IsCancellationRequested)
            {
                _transcript.Add(false, "end of the connection (TCP RST)", []);
            }
        }

        _events.Writer.TryComplete();
    }

    private async Task ControlAsync(Frame frame)
    {
        if (frame.Opcode == Opcodes.Ping)
        {
            // A keep-alive of the peer: no case asks for one.
            if (AnswersPings && !_closeSent)
            {
                await SendAsync(new Frame(Opcodes.Pong, frame.Payload));
            }

            return;
        }

        Tell(new PeerEvent(frame.Opcode == Opcodes.Close ? PeerEventKind.Close : PeerEventKind.Pong, frame.Payload));
    }

    private PeerEvent MessageOf(Frame first, byte[] payload)
    {
        if (first.Rsv == 4)
        {
            payload = _inflater!.Inflate(payload);
        }

        if (first.Opcode == Opcodes.Binary)
        {
            return PeerEvent.Binary(payload);
        }

        return Utf8Text.IsValid(payload) ? PeerEvent.Text(payload) : PeerEvent.Fault("a text that is not UTF-8 (RFC 6455 §5.6)");
    }

    private void Tell(PeerEvent what) => _events.Writer.TryWrite(what);
}
