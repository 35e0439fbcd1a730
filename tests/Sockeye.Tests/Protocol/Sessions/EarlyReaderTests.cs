using System.Text;
using Sockeye.Protocol.Dialects;
using Sockeye.Protocol.Frames;
using Sockeye.Tests.Protocol.Support;

namespace Sockeye.Tests.Protocol.Sessions;

/// <summary>What a peer of 2010 sends, and what comes of it whatever the cuts.</summary>
public sealed class EarlyReaderTests
{
    private static readonly MessageLimits s_limits = new(20, long.MaxValue, 1);

    // Dialects, bytes in hexadecimal, events.
    private static readonly (string Dialects, string Wire, string[] Expected)[] s_scripts =
    [
        ("75 76", "00 48656C6C6F FF", ["text: Hello"]),
        ("75 76", "00 FF 00 FF", ["text: ", "text: "]),
        ("75 76", "00 61 FF 00 E282AC FF 00 F09F9880 FF", ["text: a", "text: \u00E2\u0082\u00AC", "text: \u00F0\u009F\u0098\u0080"]),
        ("75 76", "00 6162", ["text...: ab"]),
        ("75 76", "", []),

        // as large as the limit, and one byte more
        ("75 76", "00 3031323334353637383930313233343536373839 FF 00 61 FF", ["text: 01234567890123456789", "text: a"]),
        ("75 76", "00 303132333435363738393031323334353637383930 FF", ["text...: 01234567890123456789", "violation: 1009 §10.4"]),

        // bytes that are no text
        ("75 76", "00 C0AF FF 00 61 FF", ["violation: 1007 hixie-76 §5.4"]),
        ("75 76", "00 61 FF 00 E282 FF", ["text: a", "violation: 1007 hixie-76 §5.4"]),
        ("75 76", "00 EDA080 FF", ["violation: 1007 hixie-76 §5.4"]),

        // binary and unknown frames are passed over, within the limit
        ("75 76", "80 02 4865 00 48656C6C6F FF", ["text: Hello"]),
        ("75 76", "80 00 80 01 41 C1 02 4141 00 61 FF", ["text: a"]),
        ("75 76", "80 80 80 02 4141 00 61 FF", ["text: a"]),
        ("75 76", "FF 02 0000 00 61 FF", ["text: a"]),
        ("75 76", "80 14 3031323334353637383930313233343536373839 00 61 FF", ["text: a"]),
        ("75 76", "80 15 30", ["violation: 1009 §10.4"]),
        ("75 76", "80 822C 30", ["violation: 1009 §10.4"]),
        ("75 76", "80 FFFFFFFFFFFFFFFFFF7F", ["violation: 1009 §10.4"]),
        ("75 76", "80 808080808080808080 80", ["violation: 1002 hixie-76 §5.3"]),
        ("75 76", "01 4142 FF 7F FF 00 61 FF", ["text: a"]),
        ("75 76", "05 3031323334353637383930313233343536373839 FF 00 61 FF", ["text: a"]),
        ("75 76", "05 303132333435363738393031323334353637383930", ["violation: 1009 §10.4"]),

        // the closing frame, which hixie-75 does not know
        ("76", "00 61 FF FF 00 00 62 FF", ["text: a", "close: 1005 "]),
        ("76", "FF 80 00 00 62 FF", ["close: 1005 "]),
        ("75", "00 61 FF FF 00 00 62 FF", ["text: a", "text: b"]),
        ("75", "FF 80 00 00 62 FF", ["text: b"]),

        // August 2010
        ("Aug", "FF 0000000000000005 48656C6C6F", ["text: Hello"]),
        ("Aug", "FF 0000000000000000 FF 0000000000000001 61", ["text: ", "text: a"]),
        ("Aug", "FF 0000000000000003 E282AC FF 0000000000000002 6162", ["text: \u00E2\u0082\u00AC", "text: ab"]),
        ("Aug", "FF 0000000000000005 4865", ["text...: He"]),
        ("Aug", "FF 00000000", []),
        ("Aug", "FF 0000000000000002 FFFF", ["violation: 1007 hixie-76 §5.4"]),
        ("Aug", "FF 0000000000000002 E282", ["violation: 1007 hixie-76 §5.4"]),
        ("Aug", "FF 0000000000000014 3031323334353637383930313233343536373839 00 0000000000000000", ["text: 01234567890123456789", "close: 1005 "]),
        ("Aug", "FF 0000000000000015 30", ["violation: 1009 §10.4"]),
        ("Aug", "FF FFFFFFFFFFFFFFFF 30", ["violation: 1009 §10.4"]),
        ("Aug", "FF 8000000000000001 30", ["violation: 1009 §10.4"]),
        ("Aug", "00 0000000000000000 FF 0000000000000001 61", ["close: 1005 "]),
        ("Aug", "00 00000000000FFFFF FF", ["close: 1005 "]),
        ("Aug", "01 0000000000000001 61", ["violation: 1002 August 2010"]),
        ("Aug", "81 05 48656C6C6F", ["violation: 1002 August 2010"]),
    ];

    public static TheoryData<string, int> EveryScript
    {
        get
        {
            var data = new TheoryData<string, int>();
            for (int i = 0; i < s_scripts.Length; i++)
            {
                foreach (string dialect in s_scripts[i].Dialects.Split(' '))
                {
                    data.Add(dialect, i);
                }
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(EveryScript))]
    public void A_script_gives_its_events_however_it_is_cut(string name, int script)
    {
        var dialect = Row(name);
        byte[] wire = Convert.FromHexString(s_scripts[script].Wire.Replace(" ", "", StringComparison.Ordinal));
        string[] expected = s_scripts[script].Expected;
        foreach (Role role in (Role[])[Role.Client, Role.Server])
        {
            Assert.Equal(expected, Replay.Run(dialect, role, s_limits, wire));
            for (int one = 0; one <= wire.Length; one++)
            for (int two = one; two <= wire.Length; two++)
            {
                var lines = Replay.Run(dialect, role, s_limits, wire, one, two);
                Assert.True(expected.SequenceEqual(lines), $"cut at {one} and {two}:\n{Replay.Printable(lines)}");
            }

            Assert.Equal(expected, Replay.Run(dialect, role, s_limits, wire, [.. Enumerable.Range(1, Math.Max(0, wire.Length - 1))]));
        }
    }

    [Theory]
    [InlineData("75")]
    [InlineData("76")]
    [InlineData("Aug")]
    public void Random_bytes_give_the_same_events_however_they_are_cut(string name)
    {
        var random = new Random(75_76);
        byte[] likely = [0, 0, 0xFF, 0xFF, 0x80, 0x81, 1, 2, 0x41, 0x42, 0xC3, 0xA9];
        for (int i = 0; i < 3000; i++)
        {
            byte[] wire = new byte[random.Next(1, 60)];
            for (int at = 0; at < wire.Length; at++)
            {
                wire[at] = random.Next(8) == 0 ? (byte)random.Next(256) : likely[random.Next(likely.Length)];
            }

            var whole = Replay.Run(Row(name), Role.Server, s_limits, wire);
            int[] cuts = [.. Enumerable.Range(0, 3).Select(_ => random.Next(wire.Length + 1)).Order()];
            Assert.Equal(whole, Replay.Run(Row(name), Role.Server, s_limits, wire, cuts));
            Assert.Equal(whole, Replay.Run(Row(name), Role.Server, s_limits, wire, [.. Enumerable.Range(1, wire.Length - 1)]));
        }
    }

    [Fact]
    public void A_frame_limit_below_that_of_a_message_counts_too()
    {
        var limits = new MessageLimits(20, 3, 1);
        Assert.Equal(["text: abc", "text...: abc", "violation: 1009 §10.4"], Replay.Run(Row("76"), Role.Server, limits, [0, .. "abc"u8, 0xFF, 0, .. "abcd"u8, 0xFF]));
    }

    private static Dialect Row(string name) => Dialect.Of(name switch
    {
        "75" => WebSocketDialects.Hixie75,
        "76" => WebSocketDialects.Hixie76,
        _ => WebSocketDialects.August2010,
    });
}
