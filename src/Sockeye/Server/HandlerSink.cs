using Sockeye.Connections;
using Sockeye.Diagnostics;
using Sockeye.Protocol.Sessions;

namespace Sockeye.Server;

/// <summary>Brings a connection's messages to a <see cref="WebSocketHandler"/>: whole ones in place, cut ones put together first.</summary>
internal sealed class HandlerSink(WebSocketConnection connection, WebSocketHandler handler) : IMessageSink
{
    private MessageBuffer? _partial;
    private bool _paused;

    public bool IsPaused => Volatile.Read(ref _paused);

    public void Open()
    {
        try
        {
            handler.OnOpen(connection);
        }
        catch (Exception e)
        {
            Failed(e);
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
        _partial?.Release();
        _partial = null;
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
            Hand(payload, type);
            Handed.Current = outer;
        }
    }

    private void Hand(ReadOnlySpan<byte> payload, MessageType type)
    {
        try
        {
            handler.OnMessage(connection, payload, type);
        }
        catch (Exception e)
        {
            Failed(e);
        }

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
