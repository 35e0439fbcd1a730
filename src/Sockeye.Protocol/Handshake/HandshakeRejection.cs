using System.Text;
using Sockeye.Protocol.Http;

namespace Sockeye;

/// <summary>The refusal of an opening handshake: what the client is told, and why. Immutable.</summary>
public sealed class HandshakeRejection
{
    private static readonly KeyValuePair<string, string>[] NoHeaders = [];

    internal HandshakeRejection(HandshakeError error, int statusCode, string message, params KeyValuePair<string, string>[] headers)
    {
        Error = error;
        StatusCode = statusCode;
        Message = message;
        Headers = headers.Length == 0 ? NoHeaders : headers;
    }

    /// <summary>The cause.</summary>
    public HandshakeError Error { get; }

    /// <summary>The HTTP status of the answer, 400 to 599.</summary>
    public int StatusCode { get; }

    /// <summary>What is wrong, in English, naming the header; it never repeats what the client sent. It is the body of the answer.</summary>
    public string Message { get; }

    /// <summary>Headers of the answer beyond those that every refusal has, such as Allow.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    /// <summary>The status and the message, for logs.</summary>
    public override string ToString() => $"{StatusCode} {Message}";

    /// <summary>A head that could not be read.</summary>
    internal static HandshakeRejection Of(HeadError error) => new(
        error.StatusCode switch
        {
            414 or 431 => HandshakeError.HeadTooLarge,
            505 => HandshakeError.HttpVersion,
            _ => HandshakeError.MalformedHead,
        },
        error.StatusCode, error.Message);

    /// <summary>The whole answer as bytes: it closes the connection, so that nothing behind a failed upgrade is ever read as HTTP.</summary>
    /// <param name="omitBody">Answers a HEAD request: the same head, no body.</param>
    public byte[] ToResponse(bool omitBody = false) =>
        HeadWriter.Plain(StatusCode, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(Message + "\n"), Headers, omitBody: omitBody);
}
