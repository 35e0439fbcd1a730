using Sockeye.Protocol.Handshake;
using Sockeye.Tests.Protocol.Http;

namespace Sockeye.Tests.Protocol.Handshake;

public sealed class SubProtocolChoiceTests
{
    private static readonly RequestHead Head = Heads.RequestWith("Host: a");

    [Theory]
    [InlineData("", null, null, null)]
    [InlineData("a", null, "a", "a")]
    [InlineData("b,a,c", null, "b", "a")]
    [InlineData("c,b", null, "c", "c")]
    [InlineData("A,C", null, "A", null)]
    public void EachChoosesItsOwnWay(string offered, string? none, string? any, string? listed)
    {
        string[] names = offered.Split(',', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(none, Chosen(SubProtocolChoice.None, names));
        Assert.Equal(any, Chosen(SubProtocolChoice.Any, names));
        Assert.Equal(listed, Chosen(SubProtocolChoice.Of(["c", "a"]), names));
        Assert.Equal(names.LastOrDefault(), Chosen(SubProtocolChoice.By((_, all) => all.Count > 0 ? all[^1] : null), names));
    }

    [Fact]
    public void RequiredRefusesWhenNoneFits()
    {
        SubProtocolChoice choice = SubProtocolChoice.Of(["a"], required: true);
        Assert.Null(choice.Choose(Head, ["x", "a"], out string? chosen));
        Assert.Equal("a", chosen);
        foreach (string[] offered in (string[][])[[], ["A"], ["x", "y"]])
        {
            HandshakeRejection? rejection = choice.Choose(Head, offered, out _);
            var error = offered.Length == 0 ? HandshakeError.NoSubProtocolOffered : HandshakeError.NoCommonSubProtocol;
            Assert.Equal((400, error), (rejection!.StatusCode, rejection.Error));
        }
        Assert.NotNull(SubProtocolChoice.By((_, _) => null, required: true).Choose(Head, ["a"], out _));
    }

    [Theory]
    [InlineData("myfancyprotocol", "MyFancyProtocol")]
    [InlineData("other,MYFANCYPROTOCOL", "MyFancyProtocol")]
    [InlineData("other", null)]
    [InlineData("", null)]
    public void CaseMayBeIgnoredAndTheServersSpellingIsAnswered(string offered, string? chosen)
    {
        string[] names = offered.Split(',', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(chosen, Chosen(SubProtocolChoice.Of(["MyFancyProtocol"], ignoreCase: true), names));
        Assert.Equal(chosen is null, SubProtocolChoice.Of(["MyFancyProtocol"], required: true, ignoreCase: true).Choose(Head, names, out _) is not null);
    }

    [Fact]
    public void AServerWithoutSubprotocolsMayRefuseThemOrLeaveThemUnanswered()
    {
        Assert.Null(Chosen(SubProtocolChoice.None, ["a"]));
        Assert.Null(Chosen(SubProtocolChoice.Refused, []));
        Assert.Equal(HandshakeError.SubProtocolOffered, SubProtocolChoice.Refused.Choose(Head, ["a"], out string? chosen)!.Error);
        Assert.Null(chosen);
    }

    [Fact]
    public void OnlyWhatWasOfferedCanBeChosen()
    {
        SubProtocolChoice choice = SubProtocolChoice.By((_, _) => "z");
        Assert.Throws<InvalidOperationException>(() => choice.Choose(Head, ["a", "Z"], out _));
        Assert.Throws<ArgumentException>(() => SubProtocolChoice.Of(["a b"]));
        Assert.Throws<ArgumentException>(() => SubProtocolChoice.Of([""]));
    }

    private static string? Chosen(SubProtocolChoice choice, string[] offered)
    {
        Assert.Null(choice.Choose(Head, offered, out string? chosen));
        return chosen;
    }
}
