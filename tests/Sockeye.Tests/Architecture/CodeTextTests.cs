namespace Sockeye.Tests.Architecture;

public class CodeTextTests
{
    [Theory]
    [InlineData("a // b { ", "a")]
    [InlineData("a /* { */ b", "a b")]
    [InlineData("a \"{\\\"\" b", "a b")]
    [InlineData("a @\"{\"\"\\\" b", "a b")]
    [InlineData("a '{' '\\'' b", "a b")]
    [InlineData("a $\"x{b}y{{\" c", "a b c")]
    [InlineData("a $\"{b(\"}\")}\" c", "a b( ) c")]
    [InlineData("a \"\"\" {\" \"\"\" b", "a b")]
    [InlineData("a $$\"\"\"{ {{b}} \"\"\" c", "a b c")]
    [InlineData("#region {\nb", "b")]
    public void Comments_and_literals_are_blanked(string source, string words)
    {
        string code = CodeText.Of(source);

        Assert.Equal(words, string.Join(' ', code.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal(source.Length, code.Length);
        Assert.Equal(source.IndexOf('\n'), code.IndexOf('\n'));
    }
}
