using Sockeye.Protocol.Sessions;

namespace Sockeye.Connections;

/// <summary>Takes a connection's messages in place of its inbox, on the thread that reads.</summary>
internal interface IMessageSink
{
    /// <summary>Whether nothing more should be read for now.</summary>
    bool IsPaused { get; }

    /// <summary>Whether the application is in a call, or was since this was last asked: meanwhile nothing more was read.</summary>
    bool HasHandled();

    /// <summary>A piece of a message.</summary>
    void Add(in SessionEvent piece);

    /// <summary>The message that is being put together, if there is one, with the caller as one more user.</summary>
    MessageBuffer? RetainPartial();

    /// <summary>All queued bytes are written.</summary>
    void OnDrained();

    /// <summary>The connection has ended.</summary>
    void End(CloseResult result);
}
