using System.Globalization;
using System.Reflection;

namespace Sockeye.Tests.Architecture;

/// <summary>Types, parameters and values as C# writes them, with the nullability of references.</summary>
internal static class ApiNames
{
    private static readonly NullabilityInfoContext Nullability = new();

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void", [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(short)] = "short",
        [typeof(ushort)] = "ushort", [typeof(int)] = "int", [typeof(uint)] = "uint", [typeof(long)] = "long", [typeof(ulong)] = "ulong",
        [typeof(float)] = "float", [typeof(double)] = "double", [typeof(char)] = "char", [typeof(string)] = "string", [typeof(object)] = "object",
        [typeof(nint)] = "nint", [typeof(nuint)] = "nuint", [typeof(decimal)] = "decimal",
    };

    public static string Of(PropertyInfo property) => Of(property.PropertyType, Nullability.Create(property));

    public static string Of(FieldInfo field) => Of(field.FieldType, Nullability.Create(field));

    public static string Of(MethodInfo method) =>
        method.Name + (method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(type => type.Name))}>" : "");

    public static string Of(ParameterInfo[] parameters) => string.Join(", ", parameters.Select(parameter =>
        (parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "")
        + $"{Of(parameter)} {parameter.Name}"
        + (parameter.HasDefaultValue ? $" = {Literal(parameter.RawDefaultValue)}" : "")));

    public static string Of(ParameterInfo parameter)
    {
        string passing = !parameter.ParameterType.IsByRef ? ""
            : parameter.IsOut ? "out "
            : parameter.CustomAttributes.Any(a => a.AttributeType.Name is "IsReadOnlyAttribute" or "RequiresLocationAttribute") ? "in "
            : "ref ";
        Type type = parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
        return passing + Of(type, Nullability.Create(parameter));
    }

    public static string Of(Type type, NullabilityInfo? info = null)
    {
        string mark = info is { ReadState: NullabilityState.Nullable } && !type.IsValueType && !type.IsPointer ? "?" : "";
        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return Of(value) + "?";
        }

        if (type.IsByRef)
        {
            return "ref " + Of(type.GetElementType()!);
        }

        if (type.IsArray)
        {
            return $"{Of(type.GetElementType()!, info?.ElementType)}[{new string(',', type.GetArrayRank() - 1)}]{mark}";
        }

        if (type.IsPointer)
        {
            return Of(type.GetElementType()!) + "*";
        }

        return (Keywords.TryGetValue(type, out string? keyword) ? keyword : type.IsGenericParameter ? type.Name : Full(type, info)) + mark;
    }

    public static string Literal(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    public static string Constraints(Type type) => Constraints(type.IsGenericTypeDefinition ? type.GetGenericArguments() : []);

    public static string Constraints(MethodInfo method) => Constraints(method.IsGenericMethodDefinition ? method.GetGenericArguments() : []);

    private static string Constraints(Type[] parameters) => string.Concat(parameters.Select(parameter =>
    {
        GenericParameterAttributes special = parameter.GenericParameterAttributes;
        bool isStruct = special.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        List<string> words = [.. parameter.GetGenericParameterConstraints().Where(type => type != typeof(ValueType)).Select(type => Of(type)).Order(StringComparer.Ordinal)];
        if (special.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
        {
            words.Insert(0, "class");
        }
        else if (isStruct)
        {
            words.Insert(0, "struct");
        }

        if (special.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !isStruct)
        {
            words.Add("new()");
        }

        if (special.HasFlag(GenericParameterAttributes.AllowByRefLike))
        {
            words.Add("allows ref struct");
        }

        return words.Count > 0 ? $" where {parameter.Name} : {string.Join(", ", words)}" : "";
    }));

    private static string Full(Type type, NullabilityInfo? info)
    {
        Type[] arguments = type.GetGenericArguments();
        string Argument(Type argument, int i) =>
            Of(argument, info?.GenericTypeArguments.Length == arguments.Length ? info.GenericTypeArguments[i] : null);

        // A nested type repeats the type arguments of the types around it; each name takes those that are its own.
        int outer = type.DeclaringType?.GetGenericArguments().Length ?? 0;
        string own = type.Name.Split('`')[0];
        if (arguments.Length > outer)
        {
            own += $"<{string.Join(", ", arguments.Select(Argument).Skip(outer))}>";
        }

        return type.DeclaringType is { } around ? $"{Of(around)}.{own}" : string.IsNullOrEmpty(type.Namespace) ? own : $"{type.Namespace}.{own}";
    }
}
