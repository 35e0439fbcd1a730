using System.Text;
using Sockeye.Protocol.Extensions;
using Sockeye.Protocol.Extensions.Deflate;

namespace Sockeye.Tests.Protocol.Extensions.Deflate;

public sealed class DeflateNegotiationTests
{
    private const string P = "permessage-deflate";

    private static readonly DeflateParameters Anything = new(false, false, 15, 15);
    private static readonly DeflateParameters Shared = new(true, true, 15, 15);
    private static readonly DeflateParameters Small = new(false, false, 10, 11);

    [Theory]
    [InlineData("", "")]
    [InlineData("; server_no_context_takeover", "; server_no_context_takeover")]
    [InlineData("; client_no_context_takeover", "; client_no_context_takeover")]
    [InlineData("; client_no_context_takeover; server_no_context_takeover", "; server_no_context_takeover; client_no_context_takeover")]
    [InlineData("; client_max_window_bits", "")]
    [InlineData("; client_max_window_bits=15", "")]
    [InlineData("; client_max_window_bits=9", "; client_max_window_bits=9")]
    [InlineData("; client_max_window_bits=8", "; client_max_window_bits=8")]
    [InlineData("; server_max_window_bits=8", "; server_max_window_bits=8")]
    [InlineData("; server_max_window_bits=9", "; server_max_window_bits=9")]
    [InlineData("; server_max_window_bits=10", "; server_max_window_bits=10")]
    [InlineData("; server_max_window_bits=14", "; server_max_window_bits=14")]
    [InlineData("; server_max_window_bits=15", "; server_max_window_bits=15")]
    [InlineData("; server_max_window_bits=\"10\"", "; server_max_window_bits=10")]
    [InlineData("; server_max_window_bits=\"1\\0\"", "; server_max_window_bits=10")]
    public void A_valid_offer_is_answered_by_a_server_that_allows_everything(string offer, string answer) =>
        Assert.Equal(P + answer, Choose(P + offer, Anything));

    [Theory]
    [InlineData("; unknown")]
    [InlineData("; server_no_context_takeover=1")]
    [InlineData("; server_no_context_takeover=\"true\"")]
    [InlineData("; client_no_context_takeover=15")]
    [InlineData("; server_no_context_takeover; server_no_context_takeover")]
    [InlineData("; client_no_context_takeover; client_no_context_takeover")]
    [InlineData("; server_max_window_bits=10; server_max_window_bits=10")]
    [InlineData("; client_max_window_bits; client_max_window_bits=10")]
    [InlineData("; client_max_window_bits; client_max_window_bits")]
    [InlineData("; server_max_window_bits")]
    [InlineData("; server_max_window_bits=7")]
    [InlineData("; server_max_window_bits=0")]
    [InlineData("; server_max_window_bits=16")]
    [InlineData("; server_max_window_bits=20")]
    [InlineData("; server_max_window_bits=08")]
    [InlineData("; server_max_window_bits=010")]
    [InlineData("; server_max_window_bits=+10")]
    [InlineData("; server_max_window_bits=-10")]
    [InlineData("; server_max_window_bits=1e1")]
    [InlineData("; server_max_window_bits=100")]
    [InlineData("; client_max_window_bits=7")]
    [InlineData("; client_max_window_bits=16")]
    [InlineData("; client_max_window_bits=09")]
    [InlineData("; Server_Max_Window_Bits=10")]
    public void An_invalid_offer_is_declined_and_the_next_one_looked_at(string offer)
    {
        Assert.Null(Choose(P + offer, Anything));
        Assert.Equal(P + "; server_max_window_bits=12", Choose($"{P}{offer}, other, {P}; server_max_window_bits=12, {P}", Anything));
    }

    [Theory]
    [InlineData("other")]
    [InlineData("x-webkit-deflate-frame")]
    [InlineData("permessage-deflate2")]
    public void Other_extensions_are_declined(string offer) => Assert.Null(Choose(offer, Anything));

    [Fact]
    public void A_server_that_keeps_no_context_says_so_for_both_ends() =>
        Assert.Equal(P + "; server_no_context_takeover; client_no_context_takeover", Choose(P, Shared));

    [Theory]
    [InlineData("", "; server_max_window_bits=10")]
    [InlineData("; client_max_window_bits", "; server_max_window_bits=10; client_max_window_bits=11")]
    [InlineData("; client_max_window_bits=12; server_max_window_bits=12", "; server_max_window_bits=10; client_max_window_bits=11")]
    [InlineData("; client_max_window_bits=9; server_max_window_bits=9", "; server_max_window_bits=9; client_max_window_bits=9")]
    public void A_server_asks_for_smaller_windows_where_it_may(string offer, string answer)
    {
        Assert.Equal(P + answer, Choose(P + offer, Small));
        DeflateNegotiation.Choose(Parse(P + offer), Small, out var agreed);
        Assert.Equal(offer.Length == 0 ? 15 : agreed.ClientMaxWindowBits, agreed.ClientMaxWindowBits);
    }

    [Theory]
    [InlineData(false, false, 15, 15, "; client_max_window_bits")]
    [InlineData(true, true, 15, 15, "; server_no_context_takeover; client_no_context_takeover; client_max_window_bits")]
    [InlineData(false, false, 9, 10, "; server_max_window_bits=9; client_max_window_bits=10")]
    public void A_client_offers_what_it_wants(bool serverFresh, bool clientFresh, int serverBits, int clientBits, string offer) =>
        Assert.Equal(P + offer, DeflateNegotiation.Offer(new DeflateParameters(serverFresh, clientFresh, serverBits, clientBits)));

    [Theory]
    [InlineData("", false, false, 15, 15)]
    [InlineData("; server_no_context_takeover", true, false, 15, 15)]
    [InlineData("; client_no_context_takeover", false, true, 15, 15)]
    [InlineData("; server_max_window_bits=8", false, false, 8, 15)]
    [InlineData("; server_max_window_bits=15", false, false, 15, 15)]
    [InlineData("; client_max_window_bits=8", false, false, 15, 8)]
    [InlineData("; client_max_window_bits=\"15\"; server_max_window_bits=11; client_no_context_takeover; server_no_context_takeover", true, true, 11, 15)]
    public void A_valid_answer_tells_what_holds(string answer, bool serverFresh, bool clientFresh, int serverBits, int clientBits)
    {
        Assert.Null(Verify(P + answer, Anything, out var agreed));
        Assert.Equal(new DeflateParameters(serverFresh, clientFresh, serverBits, clientBits), agreed);
    }

    [Theory]
    [InlineData("; unknown", "unknown")]
    [InlineData("; server_no_context_takeover=1", "not allowed")]
    [InlineData("; client_no_context_takeover=0", "not allowed")]
    [InlineData("; server_no_context_takeover; server_no_context_takeover", "twice")]
    [InlineData("; client_max_window_bits=10; client_max_window_bits=10", "twice")]
    [InlineData("; client_max_window_bits", "not allowed")]
    [InlineData("; server_max_window_bits", "not allowed")]
    [InlineData("; server_max_window_bits=7", "not allowed")]
    [InlineData("; server_max_window_bits=16", "not allowed")]
    [InlineData("; server_max_window_bits=09", "not allowed")]
    [InlineData("; client_max_window_bits=16", "not allowed")]
    [InlineData("; client_max_window_bits=08", "not allowed")]
    public void An_invalid_answer_fails_the_connection(string answer, string why) =>
        Assert.Contains(why, Verify(P + answer, Anything, out _), StringComparison.Ordinal);

    [Theory]
    [InlineData("", "server_no_context_takeover")]
    [InlineData("; server_no_context_takeover", "server_max_window_bits")]
    [InlineData("; server_no_context_takeover; server_max_window_bits=11", "server_max_window_bits")]
    [InlineData("; server_no_context_takeover; server_max_window_bits=10", null)]
    [InlineData("; server_no_context_takeover; server_max_window_bits=9", null)]
    public void An_answer_without_what_was_asked_for_fails_the_connection(string answer, string? why)
    {
        string? wrong = Verify(P + answer, new DeflateParameters(true, false, 10, 15), out _);

        Assert.Equal(why is null, wrong is null);
        Assert.True(why is null || wrong!.StartsWith(why, StringComparison.Ordinal));
    }

    [Fact]
    public void A_client_keeps_to_what_it_offered_of_itself()
    {
        Assert.Null(Verify(P + "; client_max_window_bits=14", new DeflateParameters(false, true, 15, 12), out var agreed));
        Assert.Equal(new DeflateParameters(false, true, 15, 12), agreed);
    }

    private static string? Choose(string offers, DeflateParameters wishes) => DeflateNegotiation.Choose(Parse(offers), wishes, out _);

    private static string? Verify(string answer, DeflateParameters wishes, out DeflateParameters agreed) =>
        DeflateNegotiation.Verify(Assert.Single(Parse(answer)), wishes, out agreed);

    private static List<ExtensionOffer> Parse(string text)
    {
        List<ExtensionOffer> offers = [];
        Assert.True(ExtensionParser.TryParse(Encoding.ASCII.GetBytes(text), offers), text);
        return offers;
    }
}
