using Sockeye.Conformance.Judging;

namespace Sockeye.Tests.Conformance;

public class DeflateTermsTests
{
    [Theory]
    [InlineData("permessage-deflate", "permessage-deflate")]
    [InlineData("permessage-deflate; client_max_window_bits", "permessage-deflate")]
    [InlineData("permessage-deflate; server_no_context_takeover", "permessage-deflate; server_no_context_takeover")]
    [InlineData("other, permessage-deflate; server_max_window_bits=9", "permessage-deflate; server_max_window_bits=9")]
    [InlineData("permessage-deflate, permessage-deflate; server_no_context_takeover", "permessage-deflate")]
    [InlineData("other", null)]
    [InlineData(null, null)]
    public void A_client_that_demands_something_of_the_server_is_answered_with_it(string? offer, string? answer)
    {
        var terms = new DeflateTerms(null, o => DeflateTerms.Offers(o) ? "permessage-deflate" : null);

        Assert.Equal(answer, terms.AnswerTo(offer));
    }
}
