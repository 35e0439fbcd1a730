using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Sockeye.Interop.Tests.Peers;

/// <summary>A Sockeye server that echoes and knows the commands of tests/interop-peers.</summary>
internal static class CommandServer
{
    public static Task<WebSocketServer> StartAsync(WebSocketServerOptions options)
    {
        options.MaxMessageBytes = 8 << 20;
        return WebSocketServer.StartAsync(options, ServeAsync);
    }

    public static async Task ServeAsync(WebSocketConnection connection)
    {
        await foreach (var message in connection)
        {
            string text = message.Type == MessageType.Text ? message.ToString() : "";
            if (text.StartsWith("{\"cmd\"", StringComparison.Ordinal))
            {
                using var command = JsonDocument.Parse(text);
                await ObeyAsync(connection, command.RootElement);
            }
            else
            {
                await connection.SendAsync(message);
            }
        }
    }

    private static async Task ObeyAsync(WebSocketConnection connection, JsonElement command)
    {
        switch (command.GetProperty("cmd").GetString())
        {
            case "close":
                await connection.CloseAsync((CloseCode)command.GetProperty("code").GetInt32(), command.GetProperty("reason").GetString()!);
                break;
            case "drop":
                connection.Abort();
                break;
            case "ping":
                string data = command.GetProperty("data").GetString()!;
                await connection.PingAsync(Encoding.UTF8.GetBytes(data));
                await connection.SendAsync($"pong {data}");
                break;
            case "fragments":
                var parts = command.GetProperty("parts").EnumerateArray().Select(p => Encoding.UTF8.GetBytes(p.GetString()!)).ToArray();
                await using (var writer = connection.StartMessage(MessageType.Text))
                {
                    foreach (byte[] part in parts[..^1])
                    {
                        await writer.WriteAsync(part);
                    }

                    await writer.CompleteAsync(parts[^1]);
                }

                break;
            case "big":
                byte[] big = [.. Enumerable.Range(0, command.GetProperty("bytes").GetInt32()).Select(i => (byte)(i % 251))];
                await connection.SendAsync(big);
                break;
            case "about":
                await connection.SendAsync(string.Create(
                    CultureInfo.InvariantCulture, $$"""{"subprotocol":"{{connection.SubProtocol}}","extensions":"{{connection.Extensions}}"}"""));
                break;
        }
    }
}
