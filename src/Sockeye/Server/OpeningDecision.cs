using System.Text;
using Sockeye.Protocol.Http;

namespace Sockeye;

/// <summary>The answer to an opening handshake.</summary>
public sealed class OpeningDecision
{
    /// <summary>What most decisions are.</summary>
    internal static readonly OpeningDecision Accepted = new(true);

    private OpeningDecision(bool accepts) => IsAccepted = accepts;

    /// <summary>Whether the connection opens.</summary>
    public bool IsAccepted { get; }

    internal string? SubProtocol { get; private init; }

    internal IReadOnlyList<KeyValuePair<string, string>> Headers { get; private init; } = [];

    internal object? UserState { get; private init; }

    internal int StatusCode { get; private init; }

    internal string Body { get; private init; } = "";

    /// <summary>Opens the connection.</summary>
    /// <param name="subProtocol">One of those the client offered; null keeps what the server's settings chose.</param>
    /// <param name="headers">More response headers, such as Set-Cookie.</param>
    /// <param name="userState">What <see cref="WebSocketConnection.UserState"/> starts with.</param>
    public static OpeningDecision Accept(
        string? subProtocol = null, IEnumerable<KeyValuePair<string, string>>? headers = null, object? userState = null) =>
        new(true) { SubProtocol = subProtocol, Headers = headers?.ToArray() ?? [], UserState = userState };

    /// <summary>Refuses the connection with an HTTP response.</summary>
    /// <param name="statusCode">300 to 599.</param>
    /// <param name="body">Plain text for the client.</param>
    /// <param name="headers">More response headers, such as WWW-Authenticate.</param>
    public static OpeningDecision Reject(int statusCode, string body = "", IEnumerable<KeyValuePair<string, string>>? headers = null)
    {
        if (statusCode is < 300 or > 599)
        {
            throw new ArgumentOutOfRangeException(nameof(statusCode), statusCode, "A refusal has a status from 300 to 599.");
        }

        return new OpeningDecision(false) { StatusCode = statusCode, Body = body, Headers = headers?.ToArray() ?? [] };
    }

    internal byte[] ToRefusal() =>
        HeadWriter.Plain(StatusCode, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(Body), Headers);
}
