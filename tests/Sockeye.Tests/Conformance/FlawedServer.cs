using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Sockeye.Tests.Conformance;

/// <summary>A small echo server of its own making that keeps to all rules but one.</summary>
internal sealed class FlawedServer : IAsyncDisposable
{
    private const int MaxMessage = 1 << 20;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, bool> _open = new();
    private readonly Flaw _flaw;
    private readonly Task _accepting;

    public FlawedServer(Flaw flaw)
    {
        _flaw = flaw;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Url => new($"ws://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_open.Keys);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                socket.NoDelay = true;
                var served = Task.Run(() => ServeAsync(socket));
                _open[served] = true;
                _ = served.ContinueWith(task => _open.TryRemove(task, out _), TaskScheduler.Default);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            if (await OpenAsync(stream))
            {
                using var session = new Session(stream, _flaw, _stop.Token);
                await session.RunAsync();
            }

            // What the peer still sends is read, so that what was sent last is not lost to a reset.
            socket.Shutdown(SocketShutdown.Send);
            using var late = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            late.CancelAfter(TimeSpan.FromSeconds(2));
            while (await stream.ReadAsync(new byte[65536], late.Token) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            // The peer has gone, or the server.
        }
    }

    private async Task<bool> OpenAsync(NetworkStream stream)
    {
        var head = new List<byte>();
        byte[] one = new byte[1];
        while (head.Count < 65536 && !(head.Count >= 4 && head[^1] == '\n' && head[^2] == '\r' && head[^3] == '\n'))
        {
            await stream.ReadExactlyAsync(one, _stop.Token);
            head.Add(one[0]);
        }

        string[] lines = Encoding.Latin1.GetString([.. head]).Split("\r\n");
        string? Value(string name) => lines.Skip(1).Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2 && pair[0].Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(pair => pair[1].Trim()).FirstOrDefault();
        string key = Value("Sec-WebSocket-Key") ?? "";
        bool good = _flaw != Flaw.RefusesAndStays && (_flaw == Flaw.AnyMethod || lines[0].StartsWith("GET ", StringComparison.Ordinal))
            && (_flaw == Flaw.AnyVersion || Value("Sec-WebSocket-Version") == "13")
            && (_flaw == Flaw.KeyNotChecked || (key.Length == 24 && Convert.TryFromBase64String(key, new byte[18], out int count) && count == 16));
        if (!good)
        {
            await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), _stop.Token);
            if (_flaw == Flaw.RefusesAndStays)
            {
                await Task.Delay(Timeout.Infinite, _stop.Token);
            }

            return false;
        }

#pragma warning disable CA5350 // As RFC 6455 says.
        string accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + (_flaw == Flaw.WrongAccept ? "" : "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))));
#pragma warning restore CA5350
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"), _stop.Token);
        return true;
    }

    /// <summary>One open WebSocket.</summary>
    private sealed class Session(NetworkStream stream, Flaw flaw, CancellationToken stop) : IDisposable
    {
        private readonly BufferedStream _in = new(stream, 64 * 1024);
        private readonly MemoryStream _message = new();
        private readonly Decoder _decoder = new UTF8Encoding(false, true).GetDecoder();
        private byte[]? _held;
        private int _opcode;

        public async Task RunAsync()
        {
            while (await FrameAsync())
            {
            }

            if (flaw == Flaw.StaysOpenAfterClose)
            {
                await Task.Delay(Timeout.Infinite, stop);
            }
        }

        // The stream below stays open: the server ends it.
        public void Dispose() => _message.Dispose();

        private async Task<bool> FrameAsync()
        {
            byte[] head = new byte[14];
            await ReadAsync(head.AsMemory(0, 2));
            int opcode = head[0] & 15, form = head[1] & 127, rsv = head[0] & 0x70;
            bool fin = head[0] >= 128, masked = head[1] >= 128, control = opcode >= 8;
            bool reserved = opcode is (> 2 and < 8) or > 10;
            bool illegal = (rsv != 0 && flaw != Flaw.IgnoresReservedBits) || (reserved && flaw != Flaw.IgnoresReservedOpcodes)
                || (!masked && flaw != Flaw.UnmaskedTaken) || (control && form > 125 && flaw != Flaw.LongControlTaken)
                || (control && !fin && flaw != Flaw.FragmentedControlTaken)
                || (opcode == 0 && _opcode == 0 && flaw != Flaw.StrayContinuationTaken)
                || (opcode is 1 or 2 && _opcode != 0 && flaw != Flaw.InterleavedMessageTaken);
            if (illegal && flaw != Flaw.HeadsJudgedLate)
            {
                return await FailAsync(1002);
            }

            int extended = form switch { 126 => 2, 127 => 8, _ => 0 };
            await ReadAsync(head.AsMemory(2, extended));
            ulong length = extended switch { 0 => (ulong)form, 2 => BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(2)), _ => BinaryPrimitives.ReadUInt64BigEndian(head.AsSpan(2)) };
            bool longForm = (extended == 2 && length < 126) || (extended == 8 && length < 65536);
            if (longForm && flaw != Flaw.LongFormLengthTaken)
            {
                return await FailAsync(1002);
            }

            if (length + (ulong)_message.Length > MaxMessage && flaw != Flaw.TakesAnyLength)
            {
                return await FailAsync(1009);
            }

            byte[] key = new byte[4];
            if (masked)
            {
                await ReadAsync(key);
            }

            if (illegal)
            {
                await PayloadAsync(length, key);
                return await FailAsync(1002);
            }

            return control && !reserved ? await ControlAsync(opcode, await PayloadAsync(length, key)) : await DataAsync(opcode, fin, length, key);
        }

        private async Task<byte[]> PayloadAsync(ulong length, byte[] key)
        {
            byte[] payload = new byte[Math.Min(length, 1 << 20)];
            await ReadAsync(payload);
            for (int i = 0; i < payload.Length; i++)
            {
                payload[i] ^= key[i & 3];
            }

            return payload;
        }

        /// <summary>Reads octet by octet, so that a wrong one in a text is seen at once.</summary>
        private async Task<bool> DataAsync(int opcode, bool fin, ulong length, byte[] key)
        {
            _opcode = opcode is 1 or 2 ? opcode : _opcode == 0 ? 1 : _opcode;
            byte[] one = new byte[1];
            for (ulong i = 0; i < length; i++)
            {
                await ReadAsync(one);
                byte next = (byte)(one[0] ^ key[i & 3]);
                _message.WriteByte(next);
                if (_opcode == 1 && flaw is not (Flaw.InvalidUtf8Echoed or Flaw.Utf8OnlyAtEnd) && !MayBecomeUtf8(next))
                {
                    return await FailAsync(1007);
                }
            }

            if (!fin)
            {
                return true;
            }

            byte[] message = _message.ToArray();
            if (_opcode == 1 && flaw != Flaw.InvalidUtf8Echoed && !Utf8.IsValid(message))
            {
                return await FailAsync(1007);
            }

            int type = flaw == Flaw.TextAsBinary ? 2 : _opcode;
            _message.SetLength(0);
            _opcode = 0;
            if (flaw == Flaw.ReordersMessages && _held is null)
            {
                _held = message;
                return true;
            }

            await SendAsync(type, flaw == Flaw.DropsLastOctet && message.Length > 0 ? message[..^1] : message);
            if (_held is { } held)
            {
                _held = null;
                await SendAsync(type, held);
            }

            return true;
        }

        private bool MayBecomeUtf8(byte next)
        {
            try
            {
                _ = _decoder.GetChars([next], new char[4], flush: false);
                return true;
            }
            catch (DecoderFallbackException)
            {
                return false;
            }
        }

        private async Task<bool> ControlAsync(int opcode, byte[] payload)
        {
            switch (opcode)
            {
                case 9 when flaw == Flaw.NoPong:
                    return true;
                case 9:
                    await SendAsync(10, flaw == Flaw.WrongPongPayload ? [.. payload, 1] : payload);
                    return true;
                case 10:
                    if (flaw == Flaw.PongAfterPong)
                    {
                        await SendAsync(10, payload);
                    }

                    return true;
                default:
                    return await CloseAsync(payload);
            }
        }

        private async Task<bool> CloseAsync(byte[] payload)
        {
            int code = payload.Length < 2 ? 1000 : (payload[0] << 8) | payload[1];
            bool legal = code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
            if ((payload.Length == 1 && flaw != Flaw.OneOctetCloseTaken) || (!legal && flaw != Flaw.IllegalCodeAnswered))
            {
                return await FailAsync(1002);
            }

            if (payload.Length > 2 && !Utf8.IsValid(payload.AsSpan(2)) && flaw != Flaw.BadReasonTaken)
            {
                return await FailAsync(1007);
            }

            if (flaw != Flaw.NoCloseAnswer)
            {
                await SendCloseAsync(flaw == Flaw.EchoesWrongCode ? 1001 : legal ? code : 1000);
            }

            if (flaw == Flaw.TalksAfterClose)
            {
                while (await FrameAsync())
                {
                }
            }

            return false;
        }

        private async Task<bool> FailAsync(int code)
        {
            await SendCloseAsync(flaw == Flaw.WrongFailCode ? 1011 : code);
            return false;
        }

        private Task SendCloseAsync(int code) => SendAsync(8, [(byte)(code >> 8), (byte)code]);

        private async Task SendAsync(int opcode, byte[] payload)
        {
            bool longForm = flaw == Flaw.LongFormAnswers;
            int extended = payload.Length > 65535 || longForm ? 8 : payload.Length > 125 ? 2 : 0;
            byte[] frame = new byte[2 + extended + (flaw == Flaw.MasksItsFrames ? 4 : 0) + payload.Length];
            frame[0] = (byte)(0x80 | opcode);
            frame[1] = (byte)((flaw == Flaw.MasksItsFrames ? 128 : 0) | extended switch { 0 => payload.Length, 2 => 126, _ => 127 });
            for (int i = 0; i < extended; i++)
            {
                frame[2 + i] = (byte)((ulong)payload.Length >> (8 * (extended - 1 - i)));
            }

            payload.CopyTo(frame, frame.Length - payload.Length);
            await stream.WriteAsync(frame, stop);
        }

        private async ValueTask ReadAsync(Memory<byte> target) => await _in.ReadExactlyAsync(target, stop);
    }
}
