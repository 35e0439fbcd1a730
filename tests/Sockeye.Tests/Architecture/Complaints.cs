namespace Sockeye.Tests.Architecture;

internal static class Complaints
{
    /// <summary>Fails with all complaints, each on its line; Assert.Empty would cut them short.</summary>
    public static void AssertNone(IEnumerable<string> complaints)
    {
        string[] all = [.. complaints];
        Assert.True(all.Length == 0, $"{all.Length} found:\n{string.Join('\n', all)}");
    }
}
