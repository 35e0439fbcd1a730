namespace Sockeye.Protocol.Frames;

/// <summary>Which end of the connection this is: a client masks what it sends, a server does not (RFC 6455 §5.1).</summary>
internal enum Role : byte
{
    Client,
    Server,
}
