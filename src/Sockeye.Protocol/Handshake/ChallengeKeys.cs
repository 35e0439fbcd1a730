using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sockeye;

/// <summary>
/// The challenge of hixie-76 (which is hybi-00): two keys in the request's head, whose digits and spaces hide a number each, and eight bytes
/// behind it; the answer is the MD5 of all three.
/// </summary>
public static class ChallengeKeys
{
    /// <summary>Bytes that follow the request's head.</summary>
    public const int KeyBytes = 8;

    /// <summary>Bytes that follow the response's head.</summary>
    public const int AnswerBytes = 16;

    private const int MaxPadding = 12;

    /// <summary>The number that a key hides: its digits as one decimal number, divided by how many spaces it has.</summary>
    /// <param name="key">The value of Sec-WebSocket-Key1 or Sec-WebSocket-Key2; null is none.</param>
    /// <param name="number">The number, if the key is good.</param>
    /// <returns>False if there are no digits or no spaces, if the digits make more than 32 bits, or if the division leaves a rest (hixie-76 §5.2).</returns>
    public static bool TryDecode(string? key, out uint number)
    {
        number = 0;
        ulong digits = 0;
        uint spaces = 0;
        bool any = false;
        foreach (char c in key ?? "")
        {
            spaces += c == ' ' ? 1u : 0;
            if (char.IsAsciiDigit(c))
            {
                any = true;
                digits = (digits * 10) + (uint)(c - '0');
                if (digits > uint.MaxValue)
                {
                    return false;
                }
            }
        }

        if (!any || spaces == 0 || digits % spaces != 0)
        {
            return false;
        }

        number = (uint)(digits / spaces);
        return true;
    }

    /// <summary>The sixteen bytes that answer a challenge.</summary>
    /// <param name="key1">The value of Sec-WebSocket-Key1.</param>
    /// <param name="key2">The value of Sec-WebSocket-Key2.</param>
    /// <param name="key3">The eight bytes behind the request's head.</param>
    /// <exception cref="ArgumentException">A key is bad, or <paramref name="key3"/> has not eight bytes.</exception>
    public static byte[] Answer(string key1, string key2, ReadOnlySpan<byte> key3)
    {
        if (!TryDecode(key1, out uint first)) throw new ArgumentException("The key has no digits, no spaces, more than 32 bits, or its digits are no multiple of its spaces.", nameof(key1));
        if (!TryDecode(key2, out uint second)) throw new ArgumentException("The key has no digits, no spaces, more than 32 bits, or its digits are no multiple of its spaces.", nameof(key2));
        if (key3.Length != KeyBytes) throw new ArgumentException("The third key has eight bytes.", nameof(key3));
        Span<byte> challenge = stackalloc byte[AnswerBytes];
        BinaryPrimitives.WriteUInt32BigEndian(challenge, first);
        BinaryPrimitives.WriteUInt32BigEndian(challenge[4..], second);
        key3.CopyTo(challenge[8..]);
#pragma warning disable CA5351 // MD5 is what the draft names; it proves understanding here, it guards nothing
        return MD5.HashData(challenge);
#pragma warning restore CA5351
    }

    /// <summary>Makes a key: a number hidden among spaces and other characters (hixie-76 §4.1). It never begins or ends with a space.</summary>
    /// <param name="draw">
    /// Draws a number from 0 to one less than its argument: <c>RandomNumberGenerator.GetInt32</c>, or a generator with a seed in a test.
    /// </param>
    public static string Generate(Func<int, int> draw)
    {
        ArgumentNullException.ThrowIfNull(draw);
        uint spaces = 1 + (uint)draw(MaxPadding);
        ulong random = ((ulong)(uint)draw(1 << 16) << 16) | (uint)draw(1 << 16);
        ulong number = 1 + (random * (uint.MaxValue / spaces) >> 32); // 32 random bits scaled to the range; not 0, which some servers refuse
        var key = new StringBuilder((number * spaces).ToString(CultureInfo.InvariantCulture));
        for (int i = 1 + draw(MaxPadding); i > 0; i--)
        {
            key.Insert(draw(key.Length + 1), Padding(draw));
        }

        while (spaces-- > 0)
        {
            key.Insert(1 + draw(key.Length - 1), ' '); // behind the first character and before the last one
        }

        return key.ToString();
    }

    // 21 to 2F and 3A to 7E: whatever is visible and no digit.
    private static char Padding(Func<int, int> draw)
    {
        int at = draw(15 + 69);
        return (char)(at < 15 ? '!' + at : ':' + (at - 15));
    }
}
