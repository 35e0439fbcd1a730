namespace Sockeye.Tests.Architecture;

public class DeclarationsTests
{
    private const string Sample = """
        using System;
        namespace A.B;

        [Flags]
        public enum Kind { One = 1, Two = 2 }

        /// <summary>A class.</summary>
        public sealed class Thing<T> : IDisposable where T : class
        {
            private static readonly int[] Numbers =
            {
                1,
                2,
            };

            private int _field;

            public string Name { get; init; } = "";

            [Obsolete("old")]
            public int this[int i]
            {
                get { return i; }
            }

            public int Pick(int a) => a switch
            {
                1 => 2,
                _ => 3,
            };

            public void Dispose()
            {
                if (_field > 0)
                {
                    Console.WriteLine($"{new { X = 1 }}");
                }
            }

            internal record struct Pair(int Left, int Right)
            {
                public int Sum => Left + Right;
            }
        }

        internal interface IHidden { void Do(); }

        public sealed record Point(int X, int Y);

        public delegate void Handler<T>(T value);
        """;

    [Fact]
    public void Top_level_types_are_found()
    {
        Declarations found = Declarations.In(Sample);

        Assert.Equal("A.B", found.Namespace);
        Assert.Equal([("Kind", true), ("Thing", true), ("IHidden", false), ("Point", true), ("Handler", true)], found.Types.Select(type => (type.Name, type.IsPublic)));
    }

    [Fact]
    public void Members_are_measured_and_fields_are_not() =>
        Assert.Equal(
            [("public string Name", 1), ("[Obsolete(     )]", 5), ("public int Pick", 5), ("public void Dispose()", 7), ("public int Sum", 1), ("void Do();", 1)],
            Declarations.In(Sample).Members.Select(member => (Start(member.Header), member.Lines)));

    private static string Start(string header) => header.Split(" {")[0].Split("(int a)")[0].Split(" =>")[0];
}
