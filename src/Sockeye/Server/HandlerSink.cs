using Sockeye.Connections;
using Sockeye.Diagnostics;

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

    public void Add(ReadOnlySpan<byte> payload, MessageType type, bool endOfMessage, long frameBytesLeft)
    {
        if (endOfMessage && _partial is null)
        {
            Hand(payload, type);
            return;
        }

        _partial ??= MessageBuffer.Rent(type);
        _partial.Append(payload, frameBytesLeft);
        if (endOfMessage)
        {
            var (whole, outer) = (_partial, MessageBuffer.Handed);
            (_partial, MessageBuffer.Handed) = (null, whole);
            Hand(whole.Span, type);
            MessageBuffer.Handed = outer;
            whole.Release();
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
