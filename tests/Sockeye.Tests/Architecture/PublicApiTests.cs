using System.Reflection;

namespace Sockeye.Tests.Architecture;

public class PublicApiTests
{
    private const string AcceptVariable = "SOCKEYE_ACCEPT_API";

    [Theory]
    [InlineData("Sockeye.Protocol")]
    [InlineData("Sockeye.AspNetCore")]
    [InlineData("Sockeye")]
    public void The_public_API_is_the_accepted_one(string assembly)
    {
        string path = $"docs/api/{assembly}.txt";
        IReadOnlyList<string> now = PublicApi.Of(Assembly.Load(assembly));
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1")
        {
            Directory.CreateDirectory(Repository.PathTo("docs/api"));
            File.WriteAllText(Repository.PathTo(path), string.Concat(now.Select(line => line + "\n")));
        }

        string[] accepted = Repository.Exists(path)
            ? Repository.Read(path).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : [];
        string difference = PublicApi.Difference(accepted, now);

        Assert.True(
            difference.Length == 0 && Repository.Exists(path),
            $"The public API is not the one in {path}:\n{difference}\n"
            + $"If that is meant, accept it with: {AcceptVariable}=1 ./test --fast --filter {nameof(PublicApiTests)}");
    }

    [Fact]
    public void A_change_is_seen() =>
        Assert.Equal("- b\n+ d", PublicApi.Difference(["a", "b", "c"], ["a", "c", "d"]));

    [Fact]
    public void Every_kind_of_declaration_has_its_line() =>
        Assert.Equal(
            [
                "Sample.Kind.A = 1",
                "Sample.Kind: enum byte",
                "Sample.Name: string? { get; init; }",
                "Sample.On: delegate bool (System.Span<byte> bytes, out int used)",
                "Sample.Pick<T>(System.Collections.Generic.IReadOnlyList<string?>? items, int count = 3, params int[] rest) -> T? where T : class",
                "Sample.Size: int { get; protected set; }",
                "Sample: abstract class : System.IDisposable",
                "abstract Sample.Dispose() -> void",
                "const Sample.Max: int = 7",
                "override Sample.ToString() -> string",
                "protected Sample(string? name)",
                "protected virtual Sample.Run() -> System.Threading.Tasks.Task",
                "static Sample.Changed: event System.EventHandler",
            ],
            PublicApi.Of(typeof(Sample), typeof(Sample.Kind), typeof(Sample.On))
                .Select(line => line.Replace($"{typeof(PublicApiTests).FullName}.", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

#pragma warning disable CS0067, CA1003, CA1034, CA1008, CA1028, CA1063, CA1070 // a sample of shapes, not of design
    internal abstract class Sample(string? name) : IDisposable
    {
        public const int Max = 7;

        public static event EventHandler? Changed;

        public delegate bool On(Span<byte> bytes, out int used);

        public enum Kind : byte { A = 1 }

        public string? Name { get; init; } = name;

        public int Size { get; protected set; }

        internal int Hidden { get; set; }

        public T? Pick<T>(IReadOnlyList<string?>? items, int count = 3, params int[] rest)
            where T : class => items?.Count == count + Size + rest.Length ? null : default;

        public abstract void Dispose();

        public override string ToString() => "";

        protected virtual Task Run() => Task.CompletedTask;

        private protected void Inside() => Hidden++;
    }
}
