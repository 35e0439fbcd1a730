using System.Text;

namespace Sockeye.Tests.Protocol.Extensions.Deflate;

/// <summary>Messages of all kinds, from a seed.</summary>
internal static class Samples
{
    public static IEnumerable<byte[]> Of(int seed, int count, int mostBytes = 3000)
    {
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            yield return One(random, random.Next(5) == 0 ? random.Next(mostBytes) : random.Next(300));
        }
    }

    public static byte[] Json(int seed, int bytes)
    {
        var random = new Random(seed);
        var text = new StringBuilder("[");
        while (text.Length < bytes)
        {
            text.Append("{\"id\":").Append(random.Next(100_000)).Append(",\"name\":\"user").Append(random.Next(50))
                .Append("\",\"price\":").Append(random.Next(1000)).Append('.').Append(random.Next(100)).Append(",\"tags\":[\"a\",\"b\"]},");
        }

        return Encoding.ASCII.GetBytes(text.ToString()[..bytes]);
    }

    private static byte[] One(Random random, int size)
    {
        byte[] bytes = new byte[size];
        switch (random.Next(5))
        {
            case 0:
                random.NextBytes(bytes);
                break;
            case 1:
                bytes.AsSpan().Fill((byte)random.Next(256));
                break;
            case 2:
                return Json(random.Next(), size);
            case 3:
                for (int i = 0; i < size; i++)
                {
                    bytes[i] = (byte)('a' + random.Next(3));
                }

                break;
            default:
                // The same words again, at distances up to the size.
                byte[] word = new byte[random.Next(3, 40)];
                random.NextBytes(word);
                for (int i = 0; i < size; i++)
                {
                    bytes[i] = random.Next(60) == 0 ? (byte)random.Next(256) : word[i % word.Length];
                }

                break;
        }

        return bytes;
    }
}
