using Sockeye.Interop.Tests.Peers;
using Sockeye.Tests.Support;

namespace Sockeye.Interop.Tests;

/// <summary>Other people's clients against our server.</summary>
public sealed class ServerTests
{
    public static TheoryData<PeerKind, string> Scripts
    {
        get
        {
            var data = new TheoryData<PeerKind, string>();
            foreach (var kind in (PeerKind[])[PeerKind.Node, PeerKind.Python])
            {
                foreach (string script in new[]
                {
                    "echo-text", "echo-binary", "fragments", "ping", "big", "close-from-client",
                    "close-from-server", "ping-from-server", "fragments-from-server", "big-from-server",
                })
                {
                    data.Add(kind, script);
                }
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Scripts))]
    public async Task A_client_plays_its_script(PeerKind kind, string script)
    {
        foreach (var transport in Enum.GetValues<ServerTransport>())
        {
            await using var server = await CommandServer.StartAsync(new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" }, Transport = transport });
            var (passed, output) = await PeerProcess.PlayAsync(kind, (await server.Started)[0].ToString(), script);
            Assert.True(passed, $"{transport}: {output}");
        }
    }

    [Theory]
    [InlineData(PeerKind.Node)]
    [InlineData(PeerKind.Python)]
    public async Task A_client_plays_over_TLS_with_a_subprotocol_and_goes_on_without_compression(PeerKind kind)
    {
        var options = new WebSocketServerOptions
        {
            Listen = { "wss://127.0.0.1:0" },
            Certificate = TestCertificate.Localhost,
            SubProtocols = { "chat" },
        };
        await using var server = await CommandServer.StartAsync(options);
        string url = (await server.Started)[0].ToString();
        foreach (string script in new[] { "echo-text", "big", "big-from-server", "close-from-server", "close-from-client" })
        {
            var (passed, output) = await PeerProcess.PlayAsync(kind, url, script, "--insecure", "--deflate", "--subprotocol", "chat");
            Assert.True(passed, $"{script}: {output}");
            Assert.DoesNotContain("permessage-deflate", output, StringComparison.Ordinal);
        }
    }
}
