namespace Sockeye.Tests.Architecture;

/// <summary>The programs in the README are the examples, which are built with everything else.</summary>
public sealed class ReadmeTests
{
    [Theory]
    [InlineData("examples/EchoServer/Program.cs")]
    [InlineData("examples/HelloClient/Program.cs")]
    public void The_examples_stand_in_the_readme(string example)
    {
        string program = File.ReadAllText(Repository.PathTo(example)).Trim();
        Assert.Contains($"```csharp\n{program}\n```", File.ReadAllText(Repository.PathTo("README.md")), StringComparison.Ordinal);
        Assert.InRange(program.Split('\n').Length, 1, 8);
    }
}
