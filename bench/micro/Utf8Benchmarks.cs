using System.Text;
using System.Text.Unicode;
using BenchmarkDotNet.Attributes;
using Sockeye.Protocol.Text;

namespace Sockeye.Micro;

/// <summary>Checking text whole and in two pieces, beside the base library's check of whole text, and its decoder, which can go on from a piece but makes characters.</summary>
public class Utf8Benchmarks
{
    private readonly Decoder _decoder = new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder();
    private byte[] _text = [];
    private char[] _characters = [];

    [Params(16, 1024, 16 * 1024)]
    public int Size { get; set; }

    [Params("ascii", "mixed")]
    public string Kind { get; set; } = "";

    [GlobalSetup]
    public void SetUp()
    {
        string unit = Kind == "ascii" ? "plain words " : "größe 中文 🐟 ";
        string text = string.Concat(Enumerable.Repeat(unit, Size));
        _text = Encoding.UTF8.GetBytes(text)[..Size];
        _characters = new char[Size + 1];
    }

    [Benchmark(Baseline = true)]
    public bool BaseLibrary() => Utf8.IsValid(_text);

    [Benchmark]
    public int Whole()
    {
        var validator = default(Utf8Validator);
        return validator.Validate(_text);
    }

    [Benchmark]
    public int InTwoPieces()
    {
        var validator = default(Utf8Validator);
        int cut = _text.Length / 2;
        validator.Validate(_text.AsSpan(0, cut));
        return validator.Validate(_text.AsSpan(cut));
    }

    [Benchmark]
    public int BaseLibraryInTwoPieces()
    {
        _decoder.Reset();
        int cut = _text.Length / 2;
        return _decoder.GetChars(_text.AsSpan(0, cut), _characters, flush: false) + _decoder.GetChars(_text.AsSpan(cut), _characters, flush: false);
    }
}
