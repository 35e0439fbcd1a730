using Sockeye.Connections;
using Sockeye.Diagnostics;
using Sockeye.Protocol.Sessions;

namespace Sockeye.Server;

/// <summary>Brings a connection's messages to a <see cref="WebSocketHandler"/>: whole ones in place, cut ones put together first.</summary>
internal sealed class HandlerSink(WebSocketConnection connection, WebSocketHandler handler) : IMessageSink
{
    // The end may come on another thread while the handler is still told of the beginning. It is told of both, in order, or of neither.
    private const int New = 0, Opening = 1, Opened = 2, Ended = 3;

    private MessageBuffer? _partial;
    private int _stage;
    private bool _paused, _handling, _handled;

    public bool IsPaused => Volatile.Read(ref _paused);

    /// <summary>Tells the handler of the connection, whose sink this is by now.</summary>
    public void Open()
    {
        if (Interlocked.CompareExchange(ref _stage, Opening, New) != New)
        {
            return;
        }

        Volatile.Write(ref _handling, true);
        try
        {
            handler.OnOpen(connection);
        }
        catch (Exception e)
        {
            Failed(e);
        }

        _handled = true;
        Volatile.Write(ref _handling, false);

        if (Interlocked.CompareExchange(ref _stage, Opened, Opening) != Opening)
        {
            Close(connection.Core.Result);
        }
        else if (connection.Core.IsOver)
        {
            End(connection.Core.Result); // before it had this sink
        }
    }

    public void Add(in SessionEvent piece)
    {
        if (!piece.EndOfMessage || _partial is not null)
        {
            AddPart(piece);
        }
        else if (piece.Payload.Length < Handed.Smallest)
        {
            Hand(piece.Payload, piece.Type);
        }
        else
        {
            HandLarge(piece.Payload, piece.Type, piece.HeadInFront, null);
        }
    }

    public bool HasHandled()
    {
        bool handling = Volatile.Read(ref _handling);
        bool handled = _handled;
        _handled = false;
        return handling || handled;
    }

    public MessageBuffer? RetainPartial()
    {
        _partial?.Retain();
        return _partial;
    }

    public void OnDrained()
    {
        if (Volatile.Read(ref _paused))
        {
            Volatile.Write(ref _paused, false);
            connection.Core.ResumeReading();
        }
    }

    public void End(CloseResult result)
    {
        int before = Interlocked.Exchange(ref _stage, Ended);
        if (before == Ended)
        {
            return;
        }

        _partial?.Release();
        _partial = null;
        if (before == Opened)
        {
            Close(result);
        }
    }

    private void Close(CloseResult result)
    {
        try
        {
            handler.OnClose(connection, result);
        }
        catch (Exception e)
        {
            Log.HandlerFailed(connection.Core.Logger, connection.Id, e);
        }
    }

    private void AddPart(in SessionEvent piece)
    {
        _partial ??= MessageBuffer.Rent(piece.Type);
        _partial.Append(piece.Payload, piece.FrameBytesLeft);
        if (piece.EndOfMessage)
        {
            var whole = _partial;
            _partial = null;
            HandLarge(whole.Span, whole.Type, headInFront: false, whole);
            whole.Release();
        }
    }

    /// <summary>Hands a message so that its bytes are known again if the handler sends them on.</summary>
    private unsafe void HandLarge(ReadOnlySpan<byte> payload, MessageType type, bool headInFront, MessageBuffer? buffer)
    {
        var outer = Handed.Current;
        fixed (byte* start = payload)
        {
            Handed.Current = new Handed(start, payload.Length, type, headInFront, buffer);
            try
            {
                Hand(payload, type);
            }
            finally
            {
                Handed.Current = outer;
            }
        }
    }

    private void Hand(ReadOnlySpan<byte> payload, MessageType type)
    {
        Volatile.Write(ref _handling, true);
        try
        {
            handler.OnMessage(connection, payload, type);
        }
        catch (Exception e)
        {
            Failed(e);
        }

        _handled = true;
        Volatile.Write(ref _handling, false);

        var outbox = connection.Core.Outbox;
        if (outbox.IsHalfFull)
        {
            // With the door held, as the end of the pause is: the backlog may have been written meanwhile, and nobody would end it then.
            lock (outbox.Door)
            {
                outbox.OwnerLags = outbox.Backlog > 0;
                Volatile.Write(ref _paused, outbox.OwnerLags);
            }
        }
    }

    private void Failed(Exception error)
    {
        Log.HandlerFailed(connection.Core.Logger, connection.Id, error);
        connection.Core.Close(CloseCode.InternalError, "the handler failed");
    }
}
