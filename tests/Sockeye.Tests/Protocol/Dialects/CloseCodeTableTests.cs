using Sockeye.Protocol.Dialects;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Protocol.Dialects;

public sealed class CloseCodeTableTests
{
    [Theory]
    [InlineData(WebSocketDialects.Rfc6455, "1000-1003 1007-1014 3000-4999")]
    [InlineData(WebSocketDialects.Hybi08, "1000-1004 1007-1007 3000-4999")]
    [InlineData(WebSocketDialects.Hybi07, "1000-1004 3000-4999")]
    [InlineData(WebSocketDialects.Hixie76, "")]
    [InlineData(WebSocketDialects.August2010, "")]
    [InlineData(WebSocketDialects.Hixie75, "")]
    public void Each_dialect_knows_its_codes(WebSocketDialects dialect, string ranges)
    {
        var known = ranges.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(range => range.Split('-').Select(int.Parse).ToArray()).ToArray();
        var table = Dialect.Of(dialect).CloseCodes;
        for (int code = 0; code < 6000; code++)
        {
            Assert.Equal(known.Any(range => code >= range[0] && code <= range[1]), table.Knows((CloseCode)code));
        }
    }

    [Theory]
    [InlineData(WebSocketDialects.Rfc6455, CloseCode.MessageTooBig, 1009)]
    [InlineData(WebSocketDialects.Hybi08, CloseCode.MessageTooBig, 1004)]
    [InlineData(WebSocketDialects.Hybi07, CloseCode.MessageTooBig, 1004)]
    [InlineData(WebSocketDialects.Hybi08, CloseCode.InvalidPayload, 1007)]
    [InlineData(WebSocketDialects.Hybi07, CloseCode.InvalidPayload, 1002)]
    [InlineData(WebSocketDialects.Hybi08, CloseCode.PolicyViolation, 1002)]
    [InlineData(WebSocketDialects.Hybi08, CloseCode.InternalError, 1001)]
    [InlineData(WebSocketDialects.Hybi07, CloseCode.GoingAway, 1001)]
    [InlineData(WebSocketDialects.Hybi07, CloseCode.NoCode, 1005)]
    [InlineData(WebSocketDialects.Hybi07, (CloseCode)4000, 4000)]
    public void What_the_library_closes_with_is_said_as_far_as_it_can_be(WebSocketDialects dialect, CloseCode code, int said) =>
        Assert.Equal(said, (int)Dialect.Of(dialect).CloseCodes.Nearest(code));

    [Theory]
    [InlineData(WebSocketDialects.Hybi07, 1007, false)]
    [InlineData(WebSocketDialects.Hybi08, 1007, true)]
    [InlineData(WebSocketDialects.Hybi08, 1011, false)]
    [InlineData(WebSocketDialects.Hybi07, 1004, true)]
    [InlineData(WebSocketDialects.Hybi07, 1005, true)] // none
    [InlineData(WebSocketDialects.Hybi07, 4000, true)]
    public async Task What_an_application_closes_with_is_said_as_it_is_or_refused(WebSocketDialects dialect, int code, bool known)
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Memory, server: o => o.Dialects = dialect, client: o => o.Dialect = dialect);
        if (!known)
        {
            await Assert.ThrowsAsync<NotSupportedException>(() => pair.Client.CloseAsync((CloseCode)code));
            Assert.Equal(ConnectionState.Open, pair.Client.State);
            return;
        }

        string reason = code == 1005 ? "" : "why";
        await pair.Client.CloseAsync((CloseCode)code, reason).Soon();
        var seen = await pair.Server.Closed.Soon();
        Assert.Equal((code, reason, true), ((int)seen.Code, seen.Reason, seen.IsClean));
        await Assert.ThrowsAsync<ArgumentException>(() => pair.Client.CloseAsync(CloseCode.Normal, new string('x', 124)));
    }
}
