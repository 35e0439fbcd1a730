using System.Text;
using Sockeye.Protocol.Text;

namespace Sockeye.Tests.Protocol.Text;

public sealed class Utf8ValidatorTests
{
    private const string Mixed = "plain Latin, \u00E9\u00FF \u07FF\u0800 \u20AC\uD7FF\uE000\uFFFD\uFFFF \U00010000\U0001F600\U000FFFFF\U0010FFFF, \0\u007F\u0080 end";

    // The rows of Table 3-7 of Unicode, which are the ABNF of RFC 3629 §4: bounds of byte after byte.
    private static readonly (int Low, int High)[][] Rows =
    [
        [(0x00, 0x7F)],
        [(0xC2, 0xDF), (0x80, 0xBF)],
        [(0xE0, 0xE0), (0xA0, 0xBF), (0x80, 0xBF)],
        [(0xE1, 0xEC), (0x80, 0xBF), (0x80, 0xBF)],
        [(0xED, 0xED), (0x80, 0x9F), (0x80, 0xBF)],
        [(0xEE, 0xEF), (0x80, 0xBF), (0x80, 0xBF)],
        [(0xF0, 0xF0), (0x90, 0xBF), (0x80, 0xBF), (0x80, 0xBF)],
        [(0xF1, 0xF3), (0x80, 0xBF), (0x80, 0xBF), (0x80, 0xBF)],
        [(0xF4, 0xF4), (0x80, 0x8F), (0x80, 0xBF), (0x80, 0xBF)],
    ];

    [Fact]
    public void Every_prefix_of_one_to_three_bytes_fails_at_its_first_impossible_byte()
    {
        byte[] bytes = new byte[3];
        int wrong = 0;
        for (int a = 0; a < 256; a++)
        {
            bytes[0] = (byte)a;
            wrong += Differs(bytes.AsSpan(0, 1));
            for (int b = 0; b < 256; b++)
            {
                bytes[1] = (byte)b;
                wrong += Differs(bytes.AsSpan(0, 2));
                // After an impossible byte, or an ASCII one (two stand for all), a third byte in steps tells enough.
                bool settled = (a < 0x80 && a is not (0 or 'A')) || Oracle(bytes.AsSpan(0, 2)).Bad >= 0;
                for (int c = 0; c < 256; c += settled ? 51 : 1)
                {
                    bytes[2] = (byte)c;
                    wrong += Differs(bytes);
                }
            }
        }

        Assert.Equal(0, wrong);
    }

    [Fact]
    public void Prefixes_of_four_and_five_bytes_fail_at_their_first_impossible_byte()
    {
        byte[] leads = [0x41, 0x80, 0xC1, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFF];
        byte[] later = [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE1, 0xF0, 0xFF];
        byte[] bytes = new byte[5];
        int wrong = 0;
        foreach (byte a in leads)
        foreach (byte b in Enumerable.Range(0, 256))
        foreach (byte c in later)
        foreach (byte d in later)
        {
            (bytes[0], bytes[1], bytes[2], bytes[3]) = (a, b, c, d);
            wrong += Differs(bytes.AsSpan(0, 4));
            foreach (byte e in (ReadOnlySpan<byte>)[0x41, 0x80, 0xF0])
            {
                bytes[4] = e;
                wrong += Differs(bytes);
            }
        }

        Assert.Equal(0, wrong);
    }

    [Fact]
    public void Every_scalar_value_is_valid_and_complete()
    {
        Span<byte> bytes = stackalloc byte[4];
        int wrong = 0;
        for (int value = 0; value <= 0x10FFFF; value++)
        {
            if (value is < 0xD800 or > 0xDFFF)
            {
                int length = new Rune(value).EncodeToUtf8(bytes);
                var utf8 = default(Utf8Validator);
                wrong += utf8.Validate(bytes[..length]) == -1 && utf8.IsComplete ? 0 : 1;
            }
        }

        Assert.Equal(0, wrong);
    }

    [Fact]
    public void Any_two_cuts_of_a_mixed_text_give_the_same()
    {
        byte[] good = Encoding.UTF8.GetBytes(Mixed);
        byte[][] texts =
        [
            good, [.. good, 0xE2, 0x82], [.. good, 0xED, 0xA0], [.. good, 0xF4, 0x90], [.. good, 0xC0, 0xAF], [.. good, 0xF0, 0x9F, 0x98, 0x41],
            [.. good[..40], 0x80, .. good[40..]],
        ];
        foreach (byte[] text in texts)
        {
            var (expected, complete) = Oracle(text);
            for (int one = 0; one <= text.Length; one++)
            for (int two = one; two <= text.Length; two++)
            {
                var utf8 = default(Utf8Validator);
                int at = First(ref utf8, text, 0, one, two, text.Length);
                Assert.True(at == expected && (at >= 0 || utf8.IsComplete == complete), $"cut at {one} and {two}: {at}, not {expected}");
            }
        }
    }

    [Fact]
    public void A_bad_byte_is_found_at_every_place_of_a_long_text()
    {
        byte[] ascii = Enumerable.Range(0, 300).Select(i => (byte)('a' + (i % 26))).ToArray();
        byte[] wide = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("\u20AC\u00E9\U0001F600", 34)));
        int wrong = 0;
        foreach (byte[] clean in new[] { ascii, wide })
        foreach (byte bad in (ReadOnlySpan<byte>)[0x80, 0xBF, 0xC0, 0xC1, 0xF5, 0xFF, 0xE2, 0xF0])
        for (int at = 0; at < clean.Length; at++)
        {
            byte[] text = [.. clean];
            text[at] = bad;
            wrong += Differs(text);
            wrong += Differs(text.AsSpan(at)) + Differs(text.AsSpan(0, at + 1));
        }

        Assert.Equal(0, wrong);
    }

    [Theory]
    [InlineData("C080", 0)] // overlong NUL
    [InlineData("C1BF", 0)]
    [InlineData("E08080", 1)] // overlong
    [InlineData("E09FBF", 1)]
    [InlineData("F0808080", 1)]
    [InlineData("F08FBFBF", 1)]
    [InlineData("EDA080", 1)] // U+D800
    [InlineData("EDBFBF", 1)] // U+DFFF
    [InlineData("F4908080", 1)] // U+110000
    [InlineData("F5808080", 0)]
    [InlineData("F888808080", 0)] // five bytes, as they once were
    [InlineData("FC8480808080", 0)]
    [InlineData("FE", 0)]
    [InlineData("80", 0)]
    [InlineData("41BF", 1)]
    [InlineData("E28241", 2)]
    [InlineData("F09F98F0", 3)]
    [InlineData("CEBAE1BDB9CF83CEBCCEB5F4908080656469746564", 12)] // Autobahn 6.4
    public void An_impossible_byte_is_found(string hex, int index)
    {
        byte[] text = Convert.FromHexString(hex);
        var utf8 = default(Utf8Validator);
        Assert.Equal(index, utf8.Validate(text));
        Assert.Equal(index, Oracle(text).Bad);
    }

    /// <summary>The first byte after which no completion is valid, and whether the text may end here.</summary>
    private static (int Bad, bool Complete) Oracle(ReadOnlySpan<byte> text)
    {
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            bool possible = false, whole = false;
            foreach (var row in Rows)
            {
                bool fits = i - start < row.Length;
                for (int j = start; fits && j <= i; j++)
                {
                    fits = text[j] >= row[j - start].Low && text[j] <= row[j - start].High;
                }

                possible |= fits;
                whole |= fits && i - start + 1 == row.Length;
            }

            if (!possible)
            {
                return (i, false);
            }

            start = whole ? i + 1 : start;
        }

        return (-1, start == text.Length);
    }

    /// <summary>1 if the validator and the oracle disagree on a text given whole or byte by byte.</summary>
    private static int Differs(ReadOnlySpan<byte> text)
    {
        var (bad, complete) = Oracle(text);
        var whole = default(Utf8Validator);
        int at = whole.Validate(text);
        bool same = at == bad && (bad >= 0 || whole.IsComplete == complete);
        var slow = default(Utf8Validator);
        for (int i = 0; i < text.Length; i++)
        {
            bool fine = slow.Validate(text.Slice(i, 1)) < 0;
            same &= fine == (bad < 0 || i < bad);
            if (!fine)
            {
                break;
            }
        }

        return same && (bad >= 0 || slow.IsComplete == complete) ? 0 : 1;
    }

    private static int First(ref Utf8Validator utf8, byte[] text, params ReadOnlySpan<int> marks)
    {
        for (int i = 1; i < marks.Length; i++)
        {
            int bad = utf8.Validate(text.AsSpan(marks[i - 1], marks[i] - marks[i - 1]));
            if (bad >= 0)
            {
                return marks[i - 1] + bad;
            }
        }

        return -1;
    }
}
