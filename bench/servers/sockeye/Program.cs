using System.Security.Cryptography.X509Certificates;
using Bench.Shared;
using Sockeye;
using Sockeye.Bench;

string Value(string name, string fallback) => Array.IndexOf(args, name) is >= 0 and var at ? args[at + 1] : fallback;

string? certificates = Value("--tls", "") is { Length: > 0 } folder ? folder : null;
var options = new WebSocketServerOptions
{
    Listen = { certificates is null ? "ws://127.0.0.1:0" : "wss://127.0.0.1:0" },
    Transport = Enum.Parse<ServerTransport>(Value("--transport", "epoll"), ignoreCase: true),
    Dispatch = Enum.Parse<HandlerDispatch>(Value("--dispatch", "automatic"), ignoreCase: true),
    Loops = int.Parse(Value("--loops", "1"), null),
    Backlog = 4096,
    MaxMessageBytes = 2 << 20,
    SendBacklogBytes = 4 << 20,
    KeepAliveInterval = Timeout.InfiniteTimeSpan,
};
if (Value("--deflate", "") is { Length: > 0 } deflate)
{
    options.Compression = new CompressionOptions
    {
        ServerContextTakeover = deflate == "takeover",
        ClientContextTakeover = deflate == "takeover",
        ServerMaxWindowBits = int.Parse(Value("--window", "15"), null),
        ClientMaxWindowBits = int.Parse(Value("--window", "15"), null),
        Level = int.Parse(Value("--level", "1"), null),
    };
}

if (certificates is not null)
{
    options.Certificate = X509Certificate2.CreateFromPemFile(Path.Combine(certificates, "cert.pem"), Path.Combine(certificates, "key.pem"));
}

bool block = args.Contains("--block");

async Task EchoAsync(WebSocketConnection connection)
{
    await foreach (WebSocketMessage message in connection)
    {
        if (block)
        {
            Blocking.Obey(message.Span);
        }

        await connection.SendAsync(message);
    }
}

await using WebSocketServer server = args.Contains("--broadcast") ? new(options, new BroadcastHandler())
    : Value("--handler", "zero-copy") == "async" ? new(options, EchoAsync)
    : block ? new(options, new BlockingHandler())
    : new(options, new EchoHandler(args.Contains("--release-heads")));
IReadOnlyList<Uri> urls = await server.StartAsync();
Console.WriteLine($"listening on {urls[0]}");
await server.Stopped;
