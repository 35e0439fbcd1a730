using System.Text;
using Sockeye.Protocol.Frames;
using Sockeye.Tests.Protocol.Support;

namespace Sockeye.Tests.Protocol.Sessions;

/// <summary>Random streams of frames from a fixed seed: untouched ones must give what was built, and touched ones the same however they are cut.</summary>
public sealed class SessionFuzzTests
{
    private const int Frames = 200_000;

    private static readonly MessageLimits Limits = new(MaxMessageBytes: 2000, MaxFrameBytes: 1000, MaxFragments: 3);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Any_stream_is_read_the_same_however_it_is_cut(bool server)
    {
        Role role = server ? Role.Server : Role.Client;
        var random = new Random(server ? 6455 : 7692);
        var seen = new SortedDictionary<string, int>(StringComparer.Ordinal);
        int frames = 0;
        while (frames < Frames)
        {
            int count = random.Next(1, 14);
            frames += count;
            bool touched = random.Next(2) == 0;
            var stream = new RandomStream(random, server, maxFragments: Limits.MaxFragments + (touched ? 2 : 0));
            stream.Build(count);
            byte[] wire = stream.Wire.Bytes;
            if (touched)
            {
                wire = Touch(random, wire);
            }

            var whole = Replay.Run(role, Limits, wire);
            if (!touched)
            {
                AssertSame(stream.Expected, whole, wire);
            }

            int[] cuts = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(wire.Length + 1)).Order()];
            AssertSame(whole, Replay.Run(role, Limits, wire, cuts), wire);
            if (random.Next(10) == 0)
            {
                AssertSame(whole, Replay.ByteByByte(role, Limits, wire), wire);
            }

            int end = whole.FindIndex(line => line.StartsWith("violation", StringComparison.Ordinal) || line.StartsWith("close", StringComparison.Ordinal));
            Assert.True(end < 0 || end == whole.Count - 1);
            string outcome = end < 0 ? "read" : whole[end].Split(' ')[0] == "close:" ? "closed" : whole[end];
            seen[outcome] = seen.GetValueOrDefault(outcome) + 1;
        }

        // The streams are worth something: each kind of end came up.
        string[] kinds =
        [
            "closed", "read", "violation: 1002 §5.1", "violation: 1002 §5.2", "violation: 1002 §5.4", "violation: 1002 §5.5",
            "violation: 1002 §7.4", "violation: 1007 §8.1", "violation: 1008 §10.4", "violation: 1009 §10.4",
        ];
        Assert.All(kinds, kind => Assert.True(seen.GetValueOrDefault(kind) >= 10, $"{kind}: {seen.GetValueOrDefault(kind)}"));
    }

    private static void AssertSame(List<string> expected, List<string> found, byte[] wire)
    {
        if (!expected.SequenceEqual(found))
        {
            Assert.Fail($"{Convert.ToHexString(wire)}\nexpected:\n{Replay.Printable(expected)}\nfound:\n{Replay.Printable(found)}");
        }
    }

    private static byte[] Touch(Random random, byte[] wire)
    {
        List<byte> bytes = [.. wire];
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 3 when bytes.Count > 1:
                    bytes.RemoveAt(at);
                    break;
                default:
                    bytes.RemoveRange(at, Math.Min(random.Next(8), bytes.Count - at));
                    bytes.Add((byte)random.Next(256));
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Legal frames, and what must come of them.</summary>
    private sealed class RandomStream(Random random, bool masked, int maxFragments)
    {
        private readonly StringBuilder _piece = new();
        private int _type; // of the message in progress
        private int _fragments;
        private int _bytes;
        private byte[] _rest = [];

        public Wire Wire { get; } = new(masked);

        public List<string> Expected { get; } = [];

        public void Build(int count)
        {
            for (int i = 0; i < count; i++)
            {
                int choice = random.Next(20);
                if (choice < 5)
                {
                    Control(choice < 3);
                }
                else if (choice == 5 && random.Next(3) == 0)
                {
                    Flush("...");
                    int code = random.Next(2) == 0 ? random.Next(3000, 5000) : 1000;
                    Wire.Close(code, "bye");
                    Expected.Add($"close: {code} bye");
                    return;
                }
                else
                {
                    Data();
                }
            }

            Flush("...");
        }

        private void Control(bool ping)
        {
            byte[] payload = new byte[random.Next(4) == 0 ? random.Next(126) : random.Next(6)];
            random.NextBytes(payload);
            Wire.Frame(ping ? 0x89 : 0x8A, payload);
            Flush("...");
            Expected.Add((ping ? "ping: " : "pong: ") + Replay.Show(payload));
        }

        private void Data()
        {
            bool begins = _type == 0;
            if (begins)
            {
                (_type, _fragments, _bytes, _rest) = (random.Next(1, 3), 0, 0, []);
            }

            _fragments++;
            bool fin = _fragments == maxFragments || random.Next(2) == 0;
            byte[] payload = Payload(fin);
            _bytes += payload.Length;
            Wire.Frame((fin ? 0x80 : 0) + (begins ? _type : 0), payload);
            _piece.Append(Encoding.Latin1.GetString(payload));
            if (fin)
            {
                Flush("");
                _type = 0;
            }
        }

        private byte[] Payload(bool fin)
        {
            int size = random.Next(8) == 0 ? random.Next(300) : random.Next(12);
            if (_type == 2)
            {
                byte[] bytes = new byte[size];
                random.NextBytes(bytes);
                return bytes;
            }

            // Text whose characters are cut by fragments: what is left over begins the next one.
            string[] characters = ["a", "z", "\u00E9", "\u20AC", "\uFFFD", "\U0001F600"];
            string text = string.Concat(Enumerable.Range(0, size / 2).Select(_ => characters[random.Next(characters.Length)]));
            byte[] all = [.. _rest, .. Encoding.UTF8.GetBytes(text)];
            int taken = fin ? all.Length : all.Length - random.Next(Math.Min(all.Length + 1, 4));
            _rest = all[taken..];
            return all[..taken];
        }

        private void Flush(string mark)
        {
            if (_type != 0 && (_piece.Length > 0 || mark.Length == 0))
            {
                Expected.Add((_type == 1 ? "text" : "binary") + mark + ": " + Replay.Show(Encoding.Latin1.GetBytes(_piece.ToString())));
                _piece.Clear();
            }
        }
    }
}
