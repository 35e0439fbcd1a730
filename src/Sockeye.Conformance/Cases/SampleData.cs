using System.Globalization;
using System.Text;

namespace Sockeye.Conformance.Cases;

/// <summary>Data of a kind that people compress, made from nothing but a seed. Messages are windows of it, wrapping round.</summary>
internal sealed class SampleData(string name, bool isText, Func<Random, byte[]> make)
{
    private const int Size = 256 * 1024;

    private readonly Lazy<byte[]> _bytes = new(() => make(new Random(6455)));

    public static IReadOnlyList<SampleData> Kinds { get; } =
    [
        new("JSON", true, Json),
        new("a grey picture", false, Picture),
        new("prose", false, Prose),
        new("HTML", true, Html),
        new("noise", false, Noise),
    ];

    public string Name => name;

    public bool IsText => isText;

    /// <summary>The n-th message of a length. Texts are plain ASCII, so that any cut is a text.</summary>
    public byte[] Window(int n, int length)
    {
        byte[] all = _bytes.Value, window = new byte[length];
        int at = (int)((long)n * length % all.Length);
        for (int done = 0; done < length;)
        {
            int count = Math.Min(length - done, all.Length - at);
            all.AsSpan(at, count).CopyTo(window.AsSpan(done));
            (done, at) = (done + count, 0);
        }

        return window;
    }

    private static byte[] Json(Random random) => Fill(i => string.Create(
        CultureInfo.InvariantCulture, $"{{\"id\":{i},\"name\":\"item {random.Next(1000)}\",\"price\":{random.NextDouble():0.00},\"tags\":[\"{Word(random)}\",\"{Word(random)}\"]}},\n"));

    private static byte[] Html(Random random) => Fill(i => $"<tr class=\"row{i % 2}\"><td><a href=\"/{Word(random)}/{i}\">{Word(random)} {Word(random)}</a></td></tr>\n");

    private static byte[] Prose(Random random) => Fill(_ => $"{Word(random)} läuft über {Word(random)}, größer als {Word(random)}. ");

    private static byte[] Picture(Random random)
    {
        byte[] grey = new byte[Size];
        for (int i = 0; i < Size; i++)
        {
            grey[i] = (byte)(((i % 512) / 4) + (i / 4096) + random.Next(2));
        }

        return grey;
    }

    private static byte[] Noise(Random random)
    {
        byte[] noise = new byte[Size];
        random.NextBytes(noise);
        return noise;
    }

    private static string Word(Random random)
    {
        string[] words = ["salmon", "river", "lake", "ocean", "spawn", "silver", "autumn", "north", "gravel", "current", "stream", "bear"];
        return words[random.Next(words.Length)];
    }

    private static byte[] Fill(Func<int, string> part)
    {
        var text = new StringBuilder();
        for (int i = 0; text.Length < Size; i++)
        {
            text.Append(part(i));
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
