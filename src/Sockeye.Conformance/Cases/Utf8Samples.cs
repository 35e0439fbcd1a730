namespace Sockeye.Conformance.Cases;

/// <summary>The octets of 6.5 to 6.23.</summary>
internal static class Utf8Samples
{
    private static readonly string[] s_cut =
        ["c0", "e080", "f08080", "f8808080", "fc80808080", "df", "efbf", "f7bfbf", "fbbfbfbf", "fdbfbfbfbf"];

    private static readonly string[] s_planes = ["ef", "f09f", "f0af", "f0bf", "f18f", "f19f", "f1af", "f1bf", "f28f", "f29f", "f2af", "f2bf", "f38f", "f39f", "f3af", "f3bf", "f48f"];

    /// <summary>By subsection: what they are, and the octets in hex.</summary>
    public static IReadOnlyList<(int Subsection, string What, string[] Samples)> All { get; } =
    [
        (5, "a valid sample", ["68656c6c6f24776f726c64", "68656c6c6fc2a2776f726c64", "68656c6c6fe282ac776f726c64", "68656c6c6ff0a4ada2776f726c64", "cebae1bdb9cf83cebcceb5"]),
        (6, "the start of a Greek word", [.. Enumerable.Range(1, 11).Select(n => "cebae1bdb9cf83cebcceb5"[..(2 * n)])]),
        (7, "the first code point of a length", ["00", "c280", "e0a080", "f0908080"]),
        (8, "the smallest of a form of 5 or 6 octets", ["f888808080", "fc8480808080"]),
        (9, "the last code point of a length", ["7f", "dfbf", "efbfbf", "f48fbfbf"]),
        (10, "the largest of a form, beyond U+10FFFF", ["f7bfbfbf", "fbbfbfbfbf", "fdbfbfbfbfbf"]),
        (11, "a code point at a border", ["ed9fbf", "ee8080", "efbfbd", "f48fbfbf", "f4908080"]),
        (12, "stray continuation octets", ["80", "bf", "80bf", "80bf80", "80bf80bf", "80bf80bf80", "80bf80bf80bf", Run(0x80, 0xbe, "")]),
        (13, "start octets, each with a space behind", [Run(0xc0, 0xdf, "20"), Run(0xe0, 0xef, "20"), Run(0xf0, 0xf7, "20"), "f820f920fa20", "fc20"]),
        (14, "a sequence without its last octet", s_cut),
        (15, "all of 6.14, joined", [string.Concat(s_cut)]),
        (16, "the octets fe and ff", ["fe", "ff", "fefeffff"]),
        (17, "an overlong slash", ["c0af", "e080af", "f08080af", "f8808080af", "fc80808080af"]),
        (18, "the largest overlong form of a length", ["c1bf", "e09fbf", "f08fbfbf", "f887bfbfbf", "fc83bfbfbfbf"]),
        (19, "an overlong NUL", ["c080", "e08080", "f0808080", "f880808080", "fc8080808080"]),
        (20, "an encoded surrogate", ["eda080", "edadbf", "edae80", "edafbf", "edb080", "edbe80", "edbfbf"]),
        (21, "an encoded pair of surrogates", ["eda080edb080", "eda080edbfbf", "edadbfedb080", "edadbfedbfbf", "edae80edb080", "edae80edbfbf", "edafbfedb080", "edafbfedbfbf"]),
        (22, "a noncharacter, which is valid", [.. s_planes.SelectMany(plane => new[] { plane + "bfbe", plane + "bfbf" })]),
        (23, "a code point from U+FFF9 to U+FFFF, which is valid", ["efbfb9", "efbfba", "efbfbb", "efbfbc", "efbfbd", "efbfbe", "efbfbf"]),
    ];

    private static string Run(int from, int to, string behind) =>
        string.Concat(Enumerable.Range(from, to - from + 1).Select(octet => $"{octet:x2}{behind}"));
}
